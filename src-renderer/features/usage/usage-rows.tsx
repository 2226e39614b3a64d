import { ListTree } from 'lucide-react';
import { Link } from 'wouter';
import type { UsageDimension, UsageGroup, UsageView } from '../../../src-shared/contract/usage.ts';
import { spanText } from '../../format/time-axis.ts';
import { callsAddress } from '../calls/calls-address.ts';
import { groupName } from './group-name.ts';
import type { UsageState } from './usage-state.ts';
import type { UsageRow } from './usage-table.tsx';

/** The groups as rows: a press on a name keeps the page to it, and the sign beside it leads to its calls. */
export function groupRows(view: UsageView, filters: UsageState['filters'], onFilter: (key: UsageGroup['key']) => void) {
  return view.groups.map((group, order): UsageRow => {
    const name = groupName(view, group.key);
    return {
      id: Object.values(group.key).join('\n'),
      name,
      order,
      head: (
        <span className="flex items-center gap-1.5">
          <button
            type="button"
            title={`Only ${name}`}
            onClick={() => onFilter(group.key)}
            className="min-w-0 truncate text-left hover:text-accent hover:underline"
          >
            {name}
          </button>
          <CallsLink name={name} values={{ ...filters, ...group.key }} />
        </span>
      ),
      figures: group.figures,
      previous: group.previous,
    };
  });
}

/** The steps as rows. */
export function timeRows(view: UsageView): UsageRow[] {
  return view.series.map(({ at, figures }, order): UsageRow => {
    const name = spanText(at, view.series[order + 1]?.at ?? view.to, view.grain, view.timeZone);
    return { id: String(at), name, order, head: name, figures, previous: null };
  });
}

function CallsLink({ name, values }: { name: string; values: Partial<Record<UsageDimension, string | null>> }) {
  const address = callsAddress(values);
  return (
    <Link href={address} title={`Calls of ${name}`} className="shrink-0 text-faint hover:text-accent">
      <ListTree size={13} aria-hidden />
      <span className="sr-only">Calls of {name}</span>
    </Link>
  );
}
