import { localDate } from './local-date.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment close to another, on the person's clock (`personZone`): "14:10" within a day of it, "Thu" within six, else "3 Dec". Both in ms since the epoch. */
export function formatMoment(at: number, now: number): string {
  const date = localDate(at);
  const apart = Math.abs(at - now);
  if (apart < 86_400_000) {
    return `${String(date.getUTCHours()).padStart(2, '0')}:${String(date.getUTCMinutes()).padStart(2, '0')}`;
  }
  if (apart < 6 * 86_400_000) return days[date.getUTCDay()]!;
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
}
