import { Link } from 'wouter';
import type { BudgetView } from '../../../src-shared/contract/budget.ts';
import { Panel } from '../../components/panel.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { UsageBar } from '../../components/usage-bar.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { budgetTitle, formatUnit } from '../projects/budget-words.ts';
import { useBudgets } from '../projects/use-budgets.ts';

const listed = 4;
const shareOf = ({ used, reserved, limit }: BudgetView): number => (used + reserved) / limit;

/** The budgets that are nearest to their end, with their marks. Nothing where there is none. */
export function BudgetPanel() {
  const budgets = useBudgets().data?.budgets ?? [];
  const keys = useKeys().data?.keys ?? [];
  const nearest = budgets.toSorted((a, b) => shareOf(b) - shareOf(a)).slice(0, listed);
  if (nearest.length === 0) return null;
  const subjectOf = ({ scope, subject }: BudgetView): string =>
    scope === 'key' ? (keys.find(({ id }) => id === subject)?.name ?? subject) : subject;
  return (
    <Panel
      title="Budgets"
      action={
        <Link href="/projects" className="text-accent hover:underline">
          {budgets.length > nearest.length ? `All ${budgets.length}` : 'Projects'}
        </Link>
      }
    >
      <ul className="grid gap-3 px-4 py-3">
        {nearest.map((budget) => (
          <li key={budget.id}>
            <UsageBar
              label={`${subjectOf(budget)}: ${budgetTitle(budget)}`}
              used={budget.used + budget.reserved}
              limit={budget.limit}
              format={(value) => formatUnit(budget.unit, value)}
              marks={budget.marks}
            />
            {budget.state !== 'ok' && (
              <p className={`text-sm ${budget.state === 'spent' ? 'text-bad' : 'text-warn'}`}>
                {budget.state === 'spent' ? 'Spent: its calls are refused' : 'A mark is passed'}
                {budget.resetsAt !== null && (
                  <>
                    {budget.state === 'spent' ? ' until it begins anew ' : '; it begins anew '}
                    <RelativeTime at={budget.resetsAt} fine />
                  </>
                )}
                .
              </p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
