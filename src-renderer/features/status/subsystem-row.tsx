import type { Subsystem, Uptime } from '../../../src-shared/contract/public-status.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatSpan, unknown } from '../../format/figures.ts';
import { stateFills, stateWords } from './state-look.ts';
import { UptimeBars } from './uptime-bars.tsx';

/** One part of Relay: how it is, since when, and how it was as far as it was measured. */
export function SubsystemRow({ subsystem, at }: { subsystem: Subsystem; at: number }) {
  const { name, state, sentence, since, uptime, history } = subsystem;
  return (
    <li
      aria-label={name}
      className="grid items-start gap-x-8 gap-y-2 px-4 py-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)]"
    >
      <div className="min-w-0">
        <h3 className="flex min-w-0 items-center gap-2 font-medium">
          <span className={`size-2 shrink-0 rounded-full ${stateFills[state]}`} aria-hidden />
          <span className="truncate">{name}</span>
          <span className="font-normal whitespace-nowrap text-muted">
            {stateWords[state]}
            {since !== null && (
              <>
                {' for '}
                <RelativeTime at={since} bare />
              </>
            )}
          </span>
        </h3>
        <p className="pl-4 break-words text-muted">{sentence}</p>
        <dl className="mt-1 flex flex-wrap gap-x-4 pl-4 text-sm">
          {uptime.map((one) => (
            <div key={one.windowMs} className="flex gap-1.5" title={uptimeTitle(one)}>
              <dt className="text-muted">{windowName(one.windowMs)}</dt>
              <dd>{shareOf(one)}</dd>
            </div>
          ))}
        </dl>
      </div>
      <UptimeBars name={name} history={history} at={at} />
    </li>
  );
}

const windowName = (windowMs: number): string =>
  windowMs <= 86_400_000 ? '24 hours' : `${windowMs / 86_400_000} days`;

/** Only all of it is 100 %. */
function shareOf({ share }: Uptime): string {
  if (share === null) return unknown;
  return share === 1 ? '100 %' : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

const uptimeTitle = ({ share, measuredMs, windowMs }: Uptime): string =>
  share === null
    ? 'Relay was off, so nothing is known.'
    : `Of the ${formatSpan(measuredMs, true)} that were measured, out of ${windowName(windowMs)}.`;
