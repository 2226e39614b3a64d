import { CircleCheck, CircleX, LoaderCircle } from 'lucide-react';
import type { RehearsalView } from '../../../src-shared/contract/rehearsal.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatDuration } from '../../format/figures.ts';

/** How far it is, then how it ended, in one line that keeps its place. */
export function RehearsalProgress({ view }: { view: RehearsalView }) {
  const { state, results, total, startedAt, endedAt } = view;
  const failed = results.filter(({ passed }) => !passed).length;
  const running = state === 'running';
  return (
    <div className="grid gap-2 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <output aria-live={running ? 'off' : 'polite'} className="flex items-center gap-2 font-medium">
          <Sign running={running} good={failed === 0 && state === 'done'} />
          <span>
            {running
              ? `${results.length} of ${total === 0 ? '…' : total} played`
              : `${results.length - failed} of ${total} passed`}
          </span>
          {failed > 0 && <span className="text-bad">{failed} failed</span>}
        </output>
        <span className="ml-auto text-muted">
          {startedAt !== null && endedAt !== null && (
            <>
              {formatDuration(endedAt - startedAt)} in all · <RelativeTime at={endedAt} />
            </>
          )}
        </span>
      </div>
      {running && (
        <div
          role="progressbar"
          aria-label="Rehearsal"
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={results.length}
          className="h-1.5 overflow-hidden rounded-full bg-well"
        >
          <div
            className="h-full rounded-full bg-accent-fill transition-[width]"
            style={{ width: total === 0 ? '0' : `${(results.length / total) * 100}%` }}
          />
        </div>
      )}
    </div>
  );
}

function Sign({ running, good }: { running: boolean; good: boolean }) {
  if (running) {
    return <LoaderCircle size={15} aria-hidden className="animate-spin text-accent motion-reduce:animate-none" />;
  }
  if (good) return <CircleCheck size={15} aria-hidden className="text-good" />;
  return <CircleX size={15} aria-hidden className="text-bad" />;
}
