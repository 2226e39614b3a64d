import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { UsageBar } from '../../components/usage-bar.tsx';
import { formatCount, formatMoney, unknown } from '../../format/figures.ts';
import { BudgetState } from './budget-card.tsx';
import { budgetTitle, formatUnit } from './budget-words.ts';
import type { SubjectRow } from './subject-rows.ts';

interface SubjectListProps {
  readonly title: string;
  readonly noOne: string;
  readonly rows: readonly SubjectRow[];
  readonly openName: string | null;
  readonly onOpen: (name: string) => void;
}

/** Everyone with what they used in the period, and where their budgets stand. */
export function SubjectList({ title, noOne, rows, openName, onOpen }: SubjectListProps) {
  return (
    <div className="@container relative overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed">
        <thead className="@max-[44rem]:sr-only">
          <tr className="border-b border-line bg-canvas text-right text-sm text-muted">
            <th scope="col" className="h-8 px-4 text-left font-medium">
              {title}
            </th>
            <Title>Calls</Title>
            <Title>Tokens</Title>
            <Title>At API prices</Title>
            <Title>Spent</Title>
            <th scope="col" className="w-72 px-4 text-left font-medium">
              Budgets
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, figures, budgets, keys }) => (
            <tr
              key={name}
              aria-current={name !== null && name === openName ? 'true' : undefined}
              className="border-b border-line last:border-b-0 hover:bg-hover aria-[current=true]:bg-selected @max-[44rem]:grid @max-[44rem]:grid-cols-2 @max-[44rem]:gap-x-4 @max-[44rem]:gap-y-1 @max-[44rem]:px-4 @max-[44rem]:py-2.5"
            >
              <th
                scope="row"
                className="px-4 py-2 text-left align-top font-normal @max-[44rem]:col-span-2 @max-[44rem]:p-0"
              >
                {name === null ? (
                  <span className="text-muted">{noOne}</span>
                ) : (
                  <button
                    type="button"
                    onClick={() => onOpen(name)}
                    className="block max-w-full truncate text-left font-medium hover:text-accent hover:underline"
                  >
                    {name}
                  </button>
                )}
                <span className="text-sm text-muted">
                  {keys.length === 1 ? '1 key' : keys.length > 1 && `${keys.length} keys`}
                </span>
              </th>
              <Figure name="calls" text={figures === null ? unknown : formatCount(figures.calls)} />
              <Figure
                name="tokens"
                text={figures === null ? unknown : formatTokens(figures.inputTokens + figures.outputTokens)}
              />
              <Figure name="at API prices" text={formatMoney(figures?.costMicroUsd ?? null)} />
              <Figure name="spent" text={formatMoney(figures?.spentMicroUsd ?? null)} />
              <td className="px-4 py-2 align-top @max-[44rem]:col-span-2 @max-[44rem]:p-0">
                <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
                  {budgets.map((budget) => (
                    <div key={budget.id}>
                      <UsageBar
                        label={budgetTitle(budget)}
                        used={budget.used}
                        limit={budget.limit}
                        marks={budget.marks}
                        format={(value) => formatUnit(budget.unit, value)}
                      />
                      {budget.state !== 'ok' && <BudgetState budget={budget} />}
                    </div>
                  ))}
                  {budgets.length === 0 && <span className="text-sm text-muted">no budget</span>}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Title({ children }: { children: string }) {
  return (
    <th scope="col" className="w-28 px-4 font-medium">
      {children}
    </th>
  );
}

function Figure({ name, text }: { name: string; text: string }) {
  return (
    <td className="px-4 py-2 text-right align-top @max-[44rem]:p-0 @max-[44rem]:text-left">
      {text}
      <span className="text-sm text-muted @min-[44rem]:hidden"> {name}</span>
    </td>
  );
}
