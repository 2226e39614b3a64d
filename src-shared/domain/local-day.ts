/** Midnight in this machine's time zone at the begin of the day that `at` is in. Both in ms since the epoch. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The next midnight after `at`; a day with a change of the clock is 23 or 25 hours long. */
export function startOfNextDay(at: number): number {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day.setDate(day.getDate() + 1);
}
