import type { Incident } from '../../../src-shared/contract/public-status.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatSpan } from '../../format/figures.ts';
import { stateFills, stateWords } from './state-look.ts';

/** What was not well, the newest first. */
export function IncidentList({ incidents }: { incidents: readonly Incident[] }) {
  if (incidents.length === 0) return <p className="px-4 py-3 text-muted">Nothing was measured to be wrong.</p>;
  return (
    <ol className="divide-y divide-line">
      {incidents.map(({ subsystem, name, state, sentence, beganAt, endedAt }) => (
        <li key={`${subsystem} ${beganAt}`} className="grid gap-x-4 px-4 py-2 sm:grid-cols-[minmax(0,1fr)_auto]">
          <div className="min-w-0">
            <p className="flex items-center gap-2 font-medium">
              <span className={`size-2 shrink-0 rounded-full ${stateFills[state]}`} aria-hidden />
              <span className="truncate">{name}</span>
              <span className="font-normal text-muted">{stateWords[state]}</span>
            </p>
            <p className="pl-4 break-words text-muted">{sentence}</p>
          </div>
          <p className="pl-4 text-sm whitespace-nowrap text-muted sm:text-right">
            <RelativeTime at={beganAt} />
            <br />
            {endedAt === null ? (
              <span className="font-medium text-warn">lasts</span>
            ) : (
              <span>for {formatSpan(endedAt - beganAt, true)}</span>
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}
