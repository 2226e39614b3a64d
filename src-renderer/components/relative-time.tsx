import { formatSpan } from '../format/figures.ts';
import { useNow } from './use-now.ts';

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The moment in the person's own zone, to the second. */
export const exactTime = (at: number): string => exact.format(at);

/** "now", "12s ago", "3h ago", "in 59m", with the exact moment on hover. `bare` leaves the "ago" to the column's title. */
export function RelativeTime({ at, bare = false, fine = false }: { at: number; bare?: boolean; fine?: boolean }) {
  const distance = useNow() - at;
  const span = formatSpan(Math.abs(distance), fine);
  const near = Math.abs(distance) < 1_500;
  const text = near ? 'now' : bare ? span : distance > 0 ? `${span} ago` : `in ${span}`;
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
      {text}
    </time>
  );
}
