import type { AccountView } from '../../../src-shared/contract/account.ts';
import { headroom } from '../../../src-shared/domain/window.ts';
import { Meter } from '../../components/meter.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useNow } from '../../components/use-now.ts';
import { formatShare } from '../../format/figures.ts';

type Window = AccountView['windows'][number];

const sources: Readonly<Record<Window['source'], string>> = {
  headers: 'headers',
  event: 'events',
  'usage-endpoint': 'usage page',
  'limit-error': 'refusal',
};

/** What is left of a quota window, when it fills again, and how old and from where the reading is. */
export function WindowBar({ window }: { window: Window }) {
  const now = useNow();
  const left = headroom(window, now);
  const passed = window.resetsAt !== null && window.resetsAt <= now;
  const look = left > 0.25 ? 'bg-good-fill' : left > 0.08 ? 'bg-warn-fill' : 'bg-bad-fill';
  const name = window.family === 'codex' ? window.name : `${window.name} · ${window.family}`;
  return (
    <div>
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate" title={name}>
          {name}
        </span>
        <span className="shrink-0 font-medium">{formatShare(left)} left</span>
      </div>
      <Meter label={`${name} window, left`} left={left} fill={look} />
      <div className="flex justify-between gap-3 text-sm text-muted">
        <span className="shrink-0">
          {window.resetsAt === null ? (
            'reset not known'
          ) : passed ? (
            'has reset, not read since'
          ) : (
            <>
              resets <RelativeTime at={window.resetsAt} fine />
            </>
          )}
        </span>
        <span className="min-w-0 truncate text-faint">
          <RelativeTime at={window.readAt} /> from {sources[window.source]}
        </span>
      </div>
      {window.forecast !== null && window.forecast.verdict !== 'unknown' && (
        <p className="text-sm text-muted">{window.forecast.sentence}</p>
      )}
      {(window.contradicts ?? window.staleReason) !== null && (
        <p className="text-sm text-warn">{window.contradicts ?? window.staleReason}</p>
      )}
    </div>
  );
}
