import { personZone } from './person-zone.ts';

/**
 * The day of a moment to come as a person says it: "today", "tomorrow", "on Thursday" within a week, "on 3 December" after
 * that. Both in ms since the epoch; `timeZone` is that of `personZone` where it is not given.
 */
export function formatDay(at: number, now: number, timeZone = personZone.read()): string {
  const days = dayNumber(at, timeZone) - dayNumber(now, timeZone);
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  return `on ${inZone(days > 0 && days < 7 ? { weekday: 'long' } : { day: 'numeric', month: 'long' }, timeZone).format(at)}`;
}

/** Days of the calendar, which are not always 24 hours long. */
function dayNumber(at: number, timeZone?: string): number {
  const parts = inZone({ year: 'numeric', month: 'numeric', day: 'numeric' }, timeZone).formatToParts(at);
  const figure = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(figure('year'), figure('month') - 1, figure('day')) / 86_400_000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept, because one costs more to make than to use a hundred times. */
function inZone(options: Intl.DateTimeFormatOptions, timeZone: string | undefined): Intl.DateTimeFormat {
  const name = `${timeZone} ${Object.keys(options).join(' ')}`;
  const known = formats.get(name);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', { ...options, ...(timeZone === undefined ? {} : { timeZone }) });
  formats.set(name, made);
  return made;
}
