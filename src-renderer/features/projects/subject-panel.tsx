import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { BudgetView } from '../../../src-shared/contract/budget.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { SidePanel } from '../../components/side-panel.tsx';
import { useNow } from '../../components/use-now.ts';
import { callsAddress } from '../calls/calls-address.ts';
import { BudgetCard } from './budget-card.tsx';
import { CreateBudget, EditBudget } from './budget-form.tsx';
import { budgetTitle } from './budget-words.ts';
import type { SubjectRow, SubjectScope } from './subject-rows.ts';
import { useBudgetChanges } from './use-budgets.ts';

interface SubjectPanelProps {
  readonly scope: SubjectScope;
  readonly name: string;
  readonly row: SubjectRow | undefined;
  readonly onClose: () => void;
}

type Doing = { readonly what: 'create' } | { readonly what: 'edit' | 'remove'; readonly budget: BudgetView };

/** One project or member: budgets as they burn down, and the ways to the calls, the usage and the keys. */
export function SubjectPanel({ scope, name, row, onClose }: SubjectPanelProps) {
  const now = useNow();
  const [doing, setDoing] = useState<Doing | null>(null);
  const stop = () => setDoing(null);
  const query = new URLSearchParams({ [scope]: name });
  return (
    <SidePanel title={name} onClose={onClose}>
      <div className="grid gap-4 p-4">
        <p className="flex flex-wrap gap-4">
          <Link href={`/usage?window=month&${query}`} className="text-accent hover:underline">
            Usage
          </Link>
          <Link href={callsAddress({ [scope]: name })} className="text-accent hover:underline">
            Calls
          </Link>
          {row?.keys.map((key) => (
            <Link
              key={key.id}
              href={`/keys?open=${encodeURIComponent(key.id)}`}
              className="max-w-48 truncate text-accent hover:underline"
            >
              Key “{key.name}”
            </Link>
          ))}
        </p>
        <div className="flex items-center justify-between">
          <h3 className="font-semibold">Budgets</h3>
          <Button onClick={() => setDoing({ what: 'create' })}>
            <Plus size={14} aria-hidden />
            Create budget
          </Button>
        </div>
        {(row?.budgets ?? []).length === 0 && (
          <p className="text-muted">None yet. A budget tells you on the way, and stops calls when it is used up.</p>
        )}
        {row?.budgets.map((budget) => (
          <BudgetCard
            key={budget.id}
            budget={budget}
            now={now}
            menu={[
              [{ name: 'Edit…', onSelect: () => setDoing({ what: 'edit', budget }) }],
              [{ name: 'Delete…', danger: true, onSelect: () => setDoing({ what: 'remove', budget }) }],
            ]}
          />
        ))}
      </div>
      {doing?.what === 'create' && <CreateBudget scope={scope} subject={name} onClose={stop} />}
      {doing?.what === 'edit' && <EditBudget budget={doing.budget} onClose={stop} />}
      {doing?.what === 'remove' && <RemoveBudget budget={doing.budget} onClose={stop} />}
    </SidePanel>
  );
}

function RemoveBudget({ budget, onClose }: { budget: BudgetView; onClose: () => void }) {
  const { remove } = useBudgetChanges();
  return (
    <Dialog title="Delete this budget?" onClose={onClose}>
      <div className="grid gap-4">
        <p>
          “{budgetTitle(budget)}” of “{budget.subject}” stops no calls any more. What was used stays in the log.
        </p>
        {remove.isError && <Notice kind="error">{messageOf(remove.error)}</Notice>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate(budget.id, { onSuccess: onClose })}
          >
            Delete
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
