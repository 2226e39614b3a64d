import { type SubmitEvent, useState } from 'react';
import type { BudgetCreate, BudgetView } from '../../../src-shared/contract/budget.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { budgetTitle, periodNames, unitNames } from './budget-words.ts';
import type { SubjectScope } from './subject-rows.ts';
import { useBudgetChanges } from './use-budgets.ts';

type Unit = BudgetView['unit'];
type Period = BudgetView['period'];

const units = (Object.keys(unitNames) as Unit[]).map((value) => ({ value, name: unitNames[value] }));
const periods = (Object.keys(periodNames) as Period[]).map((value) => ({ value, name: periodNames[value] }));

interface CreateBudgetProps {
  readonly scope: SubjectScope;
  /** `''` where it is still to be named. */
  readonly subject: string;
  readonly onClose: () => void;
}

export function CreateBudget({ scope, subject, onClose }: CreateBudgetProps) {
  const { create } = useBudgetChanges();
  const [name, setName] = useState(subject);
  const [unit, setUnit] = useState<Unit>('cost');
  const [period, setPeriod] = useState<Period>('month');
  const title = scope === 'project' ? 'Project' : 'Member';
  return (
    <Dialog title={subject === '' ? 'Create a budget' : `Create a budget for “${subject}”`} onClose={onClose}>
      <div className="grid gap-4">
        {subject === '' && (
          <TextField
            label={title}
            required
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
        <div className="grid gap-3.5 sm:grid-cols-2">
          <SelectField label="Counts" value={unit} options={units} onChange={setUnit} />
          <SelectField label="For" value={period} options={periods} onChange={setPeriod} />
        </div>
        <LimitFields
          unit={unit}
          limit={null}
          marks={[0.5, 0.8]}
          action="Create budget"
          busy={create.isPending || name.trim() === ''}
          error={create.error}
          onSubmit={(fields) => {
            const wanted: BudgetCreate = { scope, subject: name.trim(), unit, period, ...fields };
            create.mutate(wanted, { onSuccess: onClose });
          }}
        />
      </div>
    </Dialog>
  );
}

export function EditBudget({ budget, onClose }: { budget: BudgetView; onClose: () => void }) {
  const { change } = useBudgetChanges();
  return (
    <Dialog title={`${budgetTitle(budget)}: “${budget.subject}”`} onClose={onClose}>
      <LimitFields
        unit={budget.unit}
        limit={budget.limit}
        marks={budget.marks}
        action="Save"
        busy={change.isPending}
        error={change.error}
        onSubmit={(fields) => change.mutate({ id: budget.id, change: fields }, { onSuccess: onClose })}
      />
    </Dialog>
  );
}

interface LimitFieldsProps {
  readonly unit: Unit;
  readonly limit: number | null;
  readonly marks: readonly number[];
  readonly action: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSubmit: (fields: { limit: number; marks: number[] }) => void;
}

/** The limit itself stops calls; marks below it only tell. */
function LimitFields({ unit, limit, marks, action, busy, error, onSubmit }: LimitFieldsProps) {
  const scale = unit === 'tokens' ? 1 : 1_000_000;
  const [amount, setAmount] = useState(limit === null ? '' : String(limit / scale));
  const [shares, setShares] = useState(marks.map((mark) => Math.round(mark * 100)).join(', '));
  const parsed = shares
    .split(/[\s,;%]+/)
    .filter((text) => text !== '')
    .map((text) => Number(text) / 100);
  const usable = parsed.length <= 8 && parsed.every((mark) => mark > 0 && mark < 1);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (usable)
      onSubmit({ limit: Math.round(Number(amount) * scale), marks: [...new Set(parsed)].sort((a, b) => a - b) });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <div className="grid items-start gap-3.5 sm:grid-cols-2">
        <TextField
          label={unit === 'tokens' ? 'Tokens' : 'US dollars'}
          type="number"
          required
          min={unit === 'tokens' ? 1 : 0.000001}
          step="any"
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
          hint="Reaching it stops calls until the next period."
        />
        <TextField
          label="Tell me at, in percent"
          value={shares}
          onChange={(event) => setShares(event.target.value)}
          hint={usable ? 'Once in each period. Empty: never.' : 'Up to eight figures between 1 and 99.'}
        />
      </div>
      {error !== null && <Notice kind="error">{messageOf(error)}</Notice>}
      <Button type="submit" look="primary" disabled={busy || !usable} className="justify-self-end">
        {action}
      </Button>
    </form>
  );
}
