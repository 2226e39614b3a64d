import type { Forecast } from '../domain/forecast.ts';
import { formatDay } from './day.ts';
import { formatDuration } from './duration.ts';
import { formatPercent } from './percent.ts';

interface SentenceOptions {
  /** What the forecast is about; `window` where it is not given. */
  readonly of?: 'window' | 'pool';
  /** Whose days are named; the reader's own where it is not given. */
  readonly timeZone?: string;
}

const MINUTE = 60_000;

/** A forecast as one sentence. `resetsAt` is the reset that comes first, or `null` where it is not known. */
export function forecastSentence(
  { verdict, runsOutAt, unusedPercent }: Forecast,
  resetsAt: number | null,
  now: number,
  { of = 'window', timeZone }: SentenceOptions = {},
): string {
  switch (verdict) {
    case 'unknown':
      return 'Not enough readings yet.';
    case 'used-up':
      return resetsAt === null ? 'Used up.' : `Used up; resets in ${formatDuration(resetsAt - now)}.`;
    case 'runs-out': {
      const reset = of === 'pool' ? 'the next reset' : 'it resets';
      return `Runs out ${whenOf(runsOutAt ?? now, now)}${leadOf(runsOutAt ?? now, resetsAt, reset)}.`;
    }
    case 'expires-unused':
      return `${formatPercent((unusedPercent ?? 0) / 100)} will expire unused ${formatDay(resetsAt ?? now, now, timeZone)}.`;
    case 'on-pace':
      return 'On pace.';
  }
}

const whenOf = (at: number, now: number): string =>
  at - now < MINUTE ? 'within a minute' : `in ${formatDuration(whole(at - now))}`;

function leadOf(runsOutAt: number, resetsAt: number | null, reset: string): string {
  if (resetsAt === null) return '';
  const lead = resetsAt - runsOutAt;
  return lead < MINUTE ? `, just before ${reset}` : `, ${formatDuration(whole(lead))} before ${reset}`;
}

/** A forecast is not exact to the second. */
const whole = (ms: number): number => Math.round(ms / MINUTE) * MINUTE;
