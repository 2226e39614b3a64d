import { Panel } from '../../components/panel.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { formatCount } from '../../format/figures.ts';
import { useLastHour } from './use-today.ts';

const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Calls per minute over the last hour, those that failed in red, and what runs now. */
export function ActivityStrip({ running }: { running: number }) {
  const { data } = useLastHour();
  const series = data?.series ?? [];
  const answered = series.map(({ figures }) => figures.calls - figures.errors);
  const failed = series.map(({ figures }) => figures.errors);
  // The minute that runs is not over: the one before it is the rate.
  const rate = series.at(-2)?.figures.calls ?? null;
  const most = Math.max(0, ...series.map(({ figures }) => figures.calls));
  return (
    <Panel
      title="Activity"
      action={
        <span className="text-muted">
          <strong className="font-semibold text-ink">{formatCount(running)}</strong> running now
        </span>
      }
    >
      <div className="grid gap-1 px-4 py-2.5">
        {data === undefined ? (
          <Skeleton className="h-7" />
        ) : (
          <Sparkline
            label={`Calls per minute in the last hour: ${formatCount(rate)} in the last full minute, at most ${formatCount(most)}`}
            rows={[
              { color: '--series-1', values: answered },
              { color: '--bad-fill', values: failed },
            ]}
          />
        )}
        <div className="flex justify-between gap-3 text-sm text-muted">
          <span>{data === undefined ? ' ' : minute.format(data.from)}</span>
          <span className="truncate">
            Calls in the last full minute: {formatCount(rate)}, at most {formatCount(most)}
          </span>
          <span>now</span>
        </div>
      </div>
    </Panel>
  );
}
