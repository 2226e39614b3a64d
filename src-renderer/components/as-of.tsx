import { useLiveState } from '../api/live.ts';
import { exactTime } from './relative-time.tsx';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** When what is shown was read, for data that does not flow by itself; stands out while Relay does not answer. */
export function AsOf({ at }: { at: number }) {
  const { state } = useLiveState();
  if (at === 0) return null;
  return (
    <span className={`text-sm whitespace-nowrap ${state === 'live' ? 'text-muted' : 'font-medium text-warn'}`}>
      as of{' '}
      <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
        {clock.format(at)}
      </time>
    </span>
  );
}
