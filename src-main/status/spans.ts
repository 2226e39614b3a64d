import type { Incident, SubsystemState, Uptime } from '../../src-shared/contract/public-status.ts';

/** A stretch of time in which a subsystem was measured to be in one state, again and again without a gap. */
export interface Span {
  readonly subsystem: string;
  readonly state: SubsystemState;
  readonly sentence: string;
  readonly fromAt: number;
  /** The last measurement. */
  readonly toAt: number;
}

export interface Measurement {
  readonly state: SubsystemState;
  readonly sentence: string;
}

/** The span that a measurement goes on or begins. A longer pause than `gapMs` since the last one is a gap, never filled. */
export function extendSpan(
  open: Span | null,
  subsystem: string,
  { state, sentence }: Measurement,
  now: number,
  gapMs: number,
): Span {
  const goesOn = open !== null && open.state === state && now >= open.toAt && now - open.toAt <= gapMs;
  if (goesOn) return { ...open, toAt: now };
  // What was true until now was measured until now: a change of state is no gap.
  const adjoins = open !== null && now > open.toAt && now - open.toAt <= gapMs;
  return { subsystem, state, sentence, fromAt: adjoins ? open.toAt : now, toAt: now };
}

/** Over the spans of one subsystem. Time whose state is unknown counts as not measured. */
export function uptimeOf(spans: readonly Span[], now: number, windowMs: number): Uptime {
  let up = 0;
  let measured = 0;
  for (const span of spans) {
    const length = overlap(span, now - windowMs, now);
    if (span.state === 'unknown') continue;
    measured += length;
    if (span.state !== 'down') up += length;
  }
  return { windowMs, share: measured === 0 ? null : up / measured, measuredMs: measured };
}

const badness: Readonly<Record<SubsystemState, number>> = { unknown: 0, ok: 1, degraded: 2, down: 3 };

export const worse = (a: SubsystemState, b: SubsystemState): SubsystemState => (badness[a] >= badness[b] ? a : b);

/** `count` equal bars up to now, oldest first: the worst state in each, `null` where nothing was measured. */
export function historyOf(
  spans: readonly Span[],
  now: number,
  barMs: number,
  count: number,
): (SubsystemState | null)[] {
  return Array.from({ length: count }, (_, index) => {
    const end = now - (count - 1 - index) * barMs;
    const touching = spans.filter((span) => span.toAt > end - barMs && (span.fromAt < end || span.toAt === end));
    return touching.length === 0 ? null : touching.map((span) => span.state).reduce(worse);
  });
}

/** Spans that were not well, newest first; a run of them without a gap is one incident in its worst state. */
export function incidentsOf(
  spans: readonly Span[],
  now: number,
  gapMs: number,
): (Omit<Incident, 'name'> & { readonly subsystem: string })[] {
  const found: (Omit<Incident, 'name'> & { lastAt: number })[] = [];
  for (const span of spans.toSorted((a, b) => a.fromAt - b.fromAt)) {
    if (span.state !== 'degraded' && span.state !== 'down') continue;
    const before = found.findLast((incident) => incident.subsystem === span.subsystem);
    if (before !== undefined && span.fromAt - before.lastAt <= 0) {
      if (badness[span.state] > badness[before.state])
        Object.assign(before, { state: span.state, sentence: span.sentence });
      before.lastAt = span.toAt;
    } else {
      const { subsystem, state, sentence, fromAt } = span;
      found.push({ subsystem, state, sentence, beganAt: fromAt, endedAt: null, lastAt: span.toAt });
    }
  }
  return found
    .map(({ lastAt, ...incident }) => ({
      ...incident,
      endedAt: now - lastAt > gapMs || isFollowed(spans, incident.subsystem, lastAt) ? lastAt : null,
    }))
    .reverse();
}

/** Whether another state was measured afterwards. */
const isFollowed = (spans: readonly Span[], subsystem: string, lastAt: number): boolean =>
  spans.some(
    (span) =>
      span.subsystem === subsystem && span.fromAt >= lastAt && (span.state === 'ok' || span.state === 'unknown'),
  );

const overlap = (span: Span, from: number, to: number): number =>
  Math.max(0, Math.min(span.toAt, to) - Math.max(span.fromAt, from));
