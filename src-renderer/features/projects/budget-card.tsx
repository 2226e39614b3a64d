import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { BudgetView } from '../../../src-shared/contract/budget.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getUsage } from '../../api/usage-requests.ts';
import type { ChartSeries } from '../../components/chart-series.ts';
import { Swatch } from '../../components/chart-tip.tsx';
import { Menu, type MenuItem } from '../../components/menu.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TimeChart } from '../../components/time-chart.tsx';
import { UsageBar } from '../../components/usage-bar.tsx';
import { formatCount } from '../../format/figures.ts';
import { budgetTitle, formatUnit } from './budget-words.ts';
import { budgetForecast, burnDown } from './burn-down.ts';
import { budgetsAgainMs } from './use-budgets.ts';

interface BudgetCardProps {
  readonly budget: BudgetView;
  readonly now: number;
  readonly menu: MenuItem[][];
}

/** One budget: where it stands, how it goes on, and its period as a picture. */
export function BudgetCard({ budget, now, menu }: BudgetCardProps) {
  const { unit, used, limit, reserved, unknownCalls, resetsAt, marks } = budget;
  return (
    <section aria-label={budgetTitle(budget)} className="rounded-lg border border-line bg-surface">
      <header className="flex items-center gap-2 pt-2 pr-2 pl-4">
        <h4 className="mr-auto min-w-0 truncate font-semibold">{budgetTitle(budget)}</h4>
        <BudgetState budget={budget} />
        <Menu label={`Actions for ${budgetTitle(budget)}`} groups={menu} />
      </header>
      <div className="grid gap-1.5 px-4 pb-3">
        <UsageBar label="Used" used={used} limit={limit} format={(value) => formatUnit(unit, value)} marks={marks} />
        <p className="text-sm text-muted">
          <Outlook budget={budget} now={now} />{' '}
          {resetsAt !== null && (
            <>
              Begins anew <RelativeTime at={resetsAt} fine />.{' '}
            </>
          )}
          {reserved > 0 && <>Calls that run hold {formatUnit(unit, reserved)}. </>}
          {unknownCalls > 0 && <>{formatCount(unknownCalls)} calls are not in it: what they used is not known. </>}
        </p>
        <BurnDownChart budget={budget} now={now} />
      </div>
    </section>
  );
}

const states = {
  ok: { text: 'Within', look: 'text-good' },
  warning: { text: 'Nearly used', look: 'text-warn' },
  spent: { text: 'Used up: calls are refused', look: 'text-bad' },
} as const;

export function BudgetState({ budget: { state } }: { budget: BudgetView }) {
  const { text, look } = states[state];
  return <span className={`text-sm font-medium ${look}`}>{text}</span>;
}

function Outlook({ budget, now }: { budget: BudgetView; now: number }) {
  const { runsOutAt, leftAtEnd } = budgetForecast(budget, now);
  if (budget.state === 'spent') return <>Raise the limit to go on now.</>;
  if (runsOutAt !== null) {
    return (
      <span className="text-warn">
        At this rate it is used up <RelativeTime at={runsOutAt} fine />.
      </span>
    );
  }
  return leftAtEnd === null ? null : <>At this rate {formatUnit(budget.unit, leftAtEnd)} will be left.</>;
}

const day = 86_400_000;
/** How much of a budget without a period is shown. */
const totalShownMs = 90 * day;

function BurnDownChart({ budget, now }: { budget: BudgetView; now: number }) {
  const { id, scope, subject, unit, period, periodBeganAt, resetsAt, limit } = budget;
  const from = resetsAt === null ? Math.max(budget.createdAt - day, now - totalShownMs) : periodBeganAt;
  const usage = useQuery({
    queryKey: queryKeys.usage('budget', `${id} ${periodBeganAt}`),
    queryFn: ({ signal }) => {
      const query = {
        from: String(from),
        to: String(resetsAt ?? now),
        grain: period === 'day' ? 'hour' : 'day',
        [scope]: subject,
      };
      return getUsage(new URLSearchParams(query), signal);
    },
    placeholderData: (previous) => previous,
    refetchInterval: 2 * budgetsAgainMs,
  });
  const view = usage.data;
  const minute = Math.floor(now / 60_000) * 60_000;
  const series = useMemo((): ChartSeries[] => {
    if (view === undefined) return [];
    const { left, pace, ahead } = burnDown(budget, view.series, view.to, minute);
    const lines = [
      { name: 'Left', color: '--series-1', values: left },
      { name: 'Even pace', color: '--ink-faint', values: pace, line: true },
      { name: 'At this rate', color: '--series-3', values: ahead, line: true },
    ];
    return lines.filter(({ values }) => values.some((value) => value !== null));
  }, [view, budget, minute]);
  const times = useMemo(() => view?.series.map(({ at }) => at) ?? [], [view]);
  if (view === undefined) return <Skeleton className="h-44" />;
  const standing = series[0]?.values.findLast((value) => value !== null) ?? null;
  return (
    <div>
      <ul aria-label="Shown in the picture" className="flex flex-wrap gap-x-4 text-sm text-muted">
        {series.map(({ name, color, line }) => (
          <li key={name} className="flex items-center gap-1.5">
            {line ? (
              <span aria-hidden className="w-3.5 border-t-2 border-dashed" style={{ borderColor: `var(${color})` }} />
            ) : (
              <Swatch color={color} />
            )}
            {name}
          </li>
        ))}
      </ul>
      <TimeChart
        label={`${formatUnit(unit, standing)} of ${formatUnit(unit, limit)} left, over the period`}
        times={times}
        to={view.to}
        grain={view.grain}
        timeZone={view.timeZone}
        series={series}
        shape="lines"
        format={formatUnits[unit]}
        low
      />
    </div>
  );
}

/** Kept, so that a picture is not drawn anew for a function that is. */
const formatUnits = {
  cost: (value: number | null) => formatUnit('cost', value),
  spent: (value: number | null) => formatUnit('spent', value),
  tokens: (value: number | null) => formatUnit('tokens', value),
} as const;
