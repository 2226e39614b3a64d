import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { Button } from '../../components/button.tsx';
import { formatCount } from '../../format/figures.ts';
import { Delta } from './delta.tsx';
import { type Measure, type MeasureName, measures } from './measures.ts';
import { type UsageColumn, usageColumns } from './usage-columns.ts';

export interface UsageRow {
  readonly id: string;
  /** What it is sorted by in the first column. */
  readonly name: string;
  readonly order: number;
  readonly head: ReactNode;
  readonly figures: UsageFigures;
  readonly previous: UsageFigures | null;
}

interface UsageTableProps {
  readonly caption: string;
  readonly first: string;
  readonly rows: readonly UsageRow[];
  readonly totals: UsageFigures;
  readonly previous: UsageFigures | null;
}

/** More rows than these are shown when asked for. */
const pageSize = 100;

interface Sort {
  readonly by: string;
  readonly down: boolean;
}

/** Every figure of every row, with the sums below; sorted by any column. */
export function UsageTable({ caption, first, rows, totals, previous }: UsageTableProps) {
  const [sort, setSort] = useState<Sort>({ by: '', down: false });
  const [shown, setShown] = useState(pageSize);
  const sorted = sortRows(rows, sort);
  const sortBy = (by: string, down: boolean) => setSort(sort.by === by ? { by, down: !sort.down } : { by, down });
  const header = { sort, onSort: sortBy };
  return (
    <div className="relative max-h-[32rem] overflow-auto">
      <table className="w-full border-separate border-spacing-0 text-right whitespace-nowrap">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <Heading name="name" title={first} isFirst {...header} />
            {usageColumns.map(({ name, title, hint }) => (
              <Heading key={name} name={name} title={title} hint={hint} {...header} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, shown).map((row) => (
            <tr key={row.id} className="group/row">
              <th
                scope="row"
                className="sticky left-0 z-10 max-w-64 border-b border-line bg-surface px-4 py-1.5 text-left font-normal group-hover/row:bg-hover max-sm:max-w-36"
              >
                {row.head}
              </th>
              {usageColumns.map((column) => (
                <Figure key={column.name} column={column} figures={row.figures} previous={row.previous} />
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-semibold">
            <th
              scope="row"
              className="sticky bottom-0 left-0 z-20 border-t border-line bg-canvas px-4 py-1.5 text-left"
            >
              Together
            </th>
            {usageColumns.map((column) => (
              <Figure key={column.name} column={column} figures={totals} previous={previous} isSum />
            ))}
          </tr>
        </tfoot>
      </table>
      {rows.length > shown && (
        <div className="sticky left-0 flex justify-center border-t border-line p-2">
          <Button onClick={() => setShown(shown + 5 * pageSize)}>Show more of {formatCount(rows.length)} rows</Button>
        </div>
      )}
    </div>
  );
}

interface HeadingProps {
  readonly name: string;
  readonly title: string;
  readonly hint?: string;
  readonly isFirst?: boolean;
  readonly sort: Sort;
  readonly onSort: (by: string, down: boolean) => void;
}

function Heading({ name, title, hint, isFirst = false, sort, onSort }: HeadingProps) {
  const here = sort.by === name;
  const Arrow = sort.down ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={here ? (sort.down ? 'descending' : 'ascending') : 'none'}
      className={`sticky top-0 border-b border-line bg-canvas p-0 text-sm font-medium text-muted ${isFirst ? 'left-0 z-30 text-left' : 'z-20'}`}
    >
      <button
        type="button"
        title={hint}
        onClick={() => onSort(name, !isFirst)}
        className={`flex h-8 w-full items-center gap-1 -outline-offset-2 hover:text-ink ${isFirst ? 'px-4' : 'justify-end px-3'}`}
      >
        {here && <Arrow size={12} aria-hidden />}
        {title}
      </button>
    </th>
  );
}

function Figure({ column, figures, previous, isSum = false }: FigureProps) {
  const value = column.of(figures);
  return (
    <td
      className={`px-3 py-1.5 ${isSum ? 'sticky bottom-0 z-10 border-t border-line bg-canvas' : 'border-b border-line group-hover/row:bg-hover'}`}
    >
      {column.format(value)}
      {previous !== null && (
        <span className="block text-xs font-normal">
          <Delta now={value} before={column.of(previous)} better={betterOf(column.name)} />
        </span>
      )}
    </td>
  );
}

interface FigureProps {
  readonly column: UsageColumn;
  readonly figures: UsageFigures;
  readonly previous: UsageFigures | null;
  readonly isSum?: boolean;
}

const betterOf = (name: string): Measure['better'] => measures[name as MeasureName]?.better ?? null;

function sortRows(rows: readonly UsageRow[], { by, down }: Sort): readonly UsageRow[] {
  if (by === '') return rows;
  const column = usageColumns.find(({ name }) => name === by);
  const sign = down ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (column === undefined) return sign * (a.order - b.order || a.name.localeCompare(b.name));
    const [one, other] = [column.of(a.figures), column.of(b.figures)];
    // What is not known is last, whichever way.
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return sign * (one - other);
  });
}
