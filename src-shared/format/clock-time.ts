const DAY = 86_400_000;

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/**
 * A moment on the clock of the machine that this runs on: "14:10", "14:10:07" in the two minutes around it, "Thursday 14:10"
 * within six days, "3 December 14:10" beyond. Both in ms since the epoch.
 */
export function formatClockTime(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const minutes = `${two(then.getHours())}:${two(then.getMinutes())}`;
  const time = Math.abs(at - now) < 120_000 ? `${minutes}:${two(then.getSeconds())}` : minutes;
  if (then.toDateString() === today.toDateString()) return time;
  if (Math.abs(at - now) < 6 * DAY) return `${weekdays[then.getDay()]} ${time}`;
  return `${then.getDate()} ${months[then.getMonth()]} ${time}`;
}

const two = (figure: number): string => String(figure).padStart(2, '0');
