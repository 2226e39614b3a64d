const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment close to another, in this machine's time: "14:10" within a day of it, "Thu" within six, else "3 Dec". Both in ms since the epoch. */
export function formatMoment(at: number, now: number): string {
  const date = new Date(at);
  const apart = Math.abs(at - now);
  if (apart < 86_400_000) {
    return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  }
  if (apart < 6 * 86_400_000) return days[date.getDay()]!;
  return `${date.getDate()} ${months[date.getMonth()]}`;
}
