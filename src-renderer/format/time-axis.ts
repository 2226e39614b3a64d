const HOUR = 3_600_000;
const DAY = 86_400_000;

export type AxisGrain = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'total';

export interface AxisTick {
  readonly index: number;
  readonly text: string;
}

/** Steps (of the grain itself) that a person counts in. */
const steps: Readonly<Record<AxisGrain, readonly number[]>> = {
  minute: [1, 2, 5, 10, 15, 30, 60, 120, 360],
  hour: [1, 2, 3, 6, 12, 24, 48, 168],
  day: [1, 2, 7, 14, 28, 56],
  week: [1, 2, 4, 13, 26],
  month: [1, 2, 3, 6, 12],
  total: [1],
};

/** Which of the points get a label below a picture, at most `most` of them, at round times of the zone's clock. */
export function axisTicks(times: readonly number[], grain: AxisGrain, timeZone: string, most: number): AxisTick[] {
  const step = steps[grain].find((size) => times.length / size <= most) ?? Math.ceil(times.length / most);
  const isRound = roundAt(grain, step, timeZone);
  const ticks = times.flatMap((at, index) =>
    isRound(at, index) ? [{ index, text: tickText(at, grain, timeZone) }] : [],
  );
  return ticks.length > 0 ? ticks : times.slice(0, 1).map((at) => ({ index: 0, text: tickText(at, grain, timeZone) }));
}

function roundAt(grain: AxisGrain, step: number, timeZone: string): (at: number, index: number) => boolean {
  if (grain !== 'minute' && grain !== 'hour') return (_, index) => index % step === 0;
  const size = grain === 'minute' ? 60_000 : HOUR;
  // Counted from the zone's midnight, so that a step of six hours is at 0, 6, 12 and 18.
  return (at, index) =>
    step * size > DAY ? index % step === 0 : Math.floor(sinceMidnight(at, timeZone) / size) % step === 0;
}

function sinceMidnight(at: number, timeZone: string): number {
  const [hour = 0, minute = 0] = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone)
    .format(at)
    .split(':')
    .map(Number);
  return hour * HOUR + minute * 60_000;
}

function tickText(at: number, grain: AxisGrain, timeZone: string): string {
  if (grain === 'month') return format({ month: 'short', year: '2-digit' }, timeZone).format(at);
  const isDay = grain !== 'minute' && (grain !== 'hour' || sinceMidnight(at, timeZone) === 0);
  return isDay
    ? format({ day: 'numeric', month: 'short' }, timeZone).format(at)
    : format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone).format(at);
}

/** The span that a point stands for: "Tue 24 Nov, 14:00–15:00", "24 Nov 2026". */
export function spanText(at: number, to: number, grain: AxisGrain, timeZone: string): string {
  const day = format({ weekday: 'short', day: 'numeric', month: 'short' }, timeZone);
  const clock = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timeZone);
  switch (grain) {
    case 'minute':
      return `${day.format(at)}, ${clock.format(at)}`;
    case 'hour':
      return `${day.format(at)}, ${clock.format(at)}–${clock.format(to)}`;
    case 'day':
      return day.format(at);
    case 'month':
      return format({ month: 'long', year: 'numeric' }, timeZone).format(at);
    default:
      return `${day.format(at)} – ${day.format(to - 1)}`;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept, because one costs more to make than to use a hundred times. */
function format(options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  const name = `${timeZone} ${JSON.stringify(options)}`;
  const known = formats.get(name) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  formats.set(name, known);
  return known;
}
