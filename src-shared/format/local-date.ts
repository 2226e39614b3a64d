import { wallClock } from '../domain/wall-clock.ts';
import { personZone } from './person-zone.ts';

/** A date whose UTC figures are what the person's own clock and calendar show at that moment (ms since the epoch). */
export function localDate(at: number): Date {
  const zone = personZone.read();
  if (zone === undefined) return new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  // Whole minutes are all that zones are apart.
  return new Date(wallClock(at, zone) + (((at % 60_000) + 60_000) % 60_000));
}
