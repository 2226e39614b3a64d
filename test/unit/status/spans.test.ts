import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extendSpan, historyOf, incidentsOf, type Span, uptimeOf } from '../../../src-main/status/spans.ts';
import type { SubsystemState } from '../../../src-shared/contract/public-status.ts';

const GAP = 100;
const span = (state: SubsystemState, fromAt: number, toAt: number, subsystem = 'pool'): Span => ({
  subsystem,
  state,
  sentence: `It is ${state}.`,
  fromAt,
  toAt,
});
const measured = (state: SubsystemState) => ({ state, sentence: `It is ${state}.` });

describe('a measurement', () => {
  test('goes on with the span of the same state, and keeps when it began and why', () => {
    expect(extendSpan(span('ok', 0, 50), 'pool', { state: 'ok', sentence: 'Later.' }, 90, GAP)).toEqual(
      span('ok', 0, 90),
    );
  });

  test('of another state begins where the last one was measured, so that nothing in between is lost', () => {
    expect(extendSpan(span('ok', 0, 50), 'pool', measured('down'), 90, GAP)).toEqual(span('down', 50, 90));
  });

  test.each([
    ['after a gap', span('ok', 0, 50), 151],
    ['after the clock was set back', span('ok', 0, 50), 40],
    ['as the first', null, 40],
  ])('%s begins anew and fills nothing', (_name, open, now) => {
    expect(extendSpan(open, 'pool', measured('ok'), now, GAP)).toEqual(span('ok', now, now));
  });
});

test('uptime is the share of what was measured, and says how much that is', () => {
  const spans = [span('ok', 0, 400), span('down', 400, 500), span('unknown', 500, 600), span('degraded', 800, 900)];
  expect([uptimeOf(spans, 1_000, 1_000), uptimeOf(spans, 1_000, 150), uptimeOf([], 1_000, 1_000)]).toEqual([
    { windowMs: 1_000, share: 500 / 600, measuredMs: 600 },
    { windowMs: 150, share: 1, measuredMs: 50 },
    { windowMs: 1_000, share: null, measuredMs: 0 },
  ]);
});

test('the history shows the worst of each bar, and a gap where nothing was measured', () => {
  const spans = [span('ok', 0, 150), span('down', 150, 180), span('ok', 320, 400)];
  expect(historyOf(spans, 400, 100, 5)).toEqual([null, 'ok', 'down', null, 'ok']);
});

describe('incidents', () => {
  test('are what was not well, newest first; one run without a gap is one incident in its worst state', () => {
    const spans = [
      span('ok', 0, 100),
      span('degraded', 100, 150),
      span('down', 150, 200),
      span('degraded', 200, 220),
      span('ok', 220, 900),
      span('degraded', 900, 950, 'storage'),
    ];
    expect(incidentsOf(spans, 960, GAP)).toEqual([
      { subsystem: 'storage', state: 'degraded', sentence: 'It is degraded.', beganAt: 900, endedAt: null },
      { subsystem: 'pool', state: 'down', sentence: 'It is down.', beganAt: 100, endedAt: 220 },
    ]);
  });

  test('end with the last measurement when Relay was switched off, and are not joined over the gap', () => {
    expect(incidentsOf([span('down', 0, 100), span('down', 500, 550)], 1_000, GAP)).toEqual([
      { subsystem: 'pool', state: 'down', sentence: 'It is down.', beganAt: 500, endedAt: 550 },
      { subsystem: 'pool', state: 'down', sentence: 'It is down.', beganAt: 0, endedAt: 100 },
    ]);
  });
});

test('whatever is measured when, spans never overlap, and uptime never counts more than was measured', () => {
  const step = fc.record({
    after: fc.integer({ min: -50, max: 300 }),
    state: fc.constantFrom('ok', 'degraded', 'down', 'unknown'),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      let now = 1_000;
      let latest = now;
      const spans: Span[] = [];
      for (const { after, state } of steps) {
        now += after;
        latest = Math.max(latest, now);
        const open = spans.at(-1) ?? null;
        const next = extendSpan(open, 'pool', measured(state as SubsystemState), now, GAP);
        if (open !== null && next.fromAt === open.fromAt && next.state === open.state) spans[spans.length - 1] = next;
        else spans.push(next);
      }
      for (const one of spans) expect(one.toAt).toBeGreaterThanOrEqual(one.fromAt);
      const { share, measuredMs } = uptimeOf(spans, latest, 1_000_000);
      const length = spans.reduce((sum, one) => sum + (one.state === 'unknown' ? 0 : one.toAt - one.fromAt), 0);
      expect(measuredMs).toBe(length);
      expect(share === null || (share >= 0 && share <= 1)).toBe(true);
    }),
  );
});
