import { localDate } from './local-date.ts';

const DAY = 86_400_000;

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/**
 * A moment on the person's clock (`personZone`): "14:10", "14:10:07" in the two minutes around it, "Thursday 14:10"
 * within six days, "3 December 14:10" beyond. Both in ms since the epoch.
 */
export function formatClockTime(at: number, now: number): string {
  const [then, today] = [localDate(at), localDate(now)];
  const minutes = `${two(then.getUTCHours())}:${two(then.getUTCMinutes())}`;
  const time = Math.abs(at - now) < 120_000 ? `${minutes}:${two(then.getUTCSeconds())}` : minutes;
  if (then.toISOString().slice(0, 10) === today.toISOString().slice(0, 10)) return time;
  if (Math.abs(at - now) < 6 * DAY) return `${weekdays[then.getUTCDay()]} ${time}`;
  return `${then.getUTCDate()} ${months[then.getUTCMonth()]} ${time}`;
}

const two = (figure: number): string => String(figure).padStart(2, '0');
