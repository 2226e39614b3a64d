import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AdmittedCall,
  createKeyLimits,
  type PastCall,
  type RateLimits,
} from '../../../src-main/keys/key-limits.ts';
import { formatReset } from '../../../src-main/keys/rate-headers.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { createManualTime } from '../../support/manual-timers.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const never = new AbortController().signal;
const unlimited: RateLimits = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null };

function room(queueMs = 0, past: readonly PastCall[] = []) {
  const time = createManualTime(NOW);
  return { time, limits: createKeyLimits({ clock: time.clock, timers: time.timers, queueMs: () => queueMs, past }) };
}

/** The call, or in words why it was refused. */
async function tried(admission: () => AdmittedCall | Promise<AdmittedCall>): Promise<AdmittedCall | string> {
  try {
    return await admission();
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return `${error.status} ${error.type} ${error.code} after ${error.retryAfterMs} ms`;
  }
}
const isIn = (outcome: AdmittedCall | string): outcome is AdmittedCall => typeof outcome !== 'string';

describe('requests a minute', () => {
  const five = { ...unlimited, requestsPerMinute: 5 };

  test('L-01: the sixth is refused with the exact time, uses up nothing, and gets in then', async () => {
    const { limits, time } = room();
    const ask = () => tried(() => limits.admit('k', five, 0, never));
    const first = await Promise.all([ask(), ask(), ask(), ask(), ask()]);
    const refused = [await ask(), await ask()];
    const headers = limits.headers('k', five);
    time.advance(12_000);
    expect([first.every(isIn), refused, headers, isIn(await ask()), await ask()]).toEqual([
      true,
      ['429 requests rate_limit_exceeded after 12000 ms', '429 requests rate_limit_exceeded after 12000 ms'],
      {
        'x-ratelimit-limit-requests': '5',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1m0s',
      },
      true,
      '429 requests rate_limit_exceeded after 12000 ms',
    ]);
  });

  test('are of each key alone', async () => {
    const { limits } = room();
    for (let count = 0; count < 5; count += 1) limits.admit('a', five, 0, never);
    expect(isIn(await tried(() => limits.admit('b', five, 0, never)))).toBe(true);
  });

  test('L-06: a change counts for the next request, and what was used stays used', async () => {
    const { limits } = room();
    for (let count = 0; count < 5; count += 1) limits.admit('k', five, 0, never);
    const seven = { ...unlimited, requestsPerMinute: 7 };
    const after = [1, 2, 3].map(() => tried(() => limits.admit('k', seven, 0, never)));
    const lowered = limits.headers('k', { ...unlimited, requestsPerMinute: 3 });
    expect([(await Promise.all(after)).map(isIn), lowered['x-ratelimit-remaining-requests']]).toEqual([
      [true, true, false],
      '0',
    ]);
  });

  test('L-09: a wall clock that jumps gives no free minute and locks nobody out', async () => {
    const wall = { now: NOW };
    const time = createManualTime(NOW);
    const clock = { now: () => wall.now, monotonic: time.clock.monotonic };
    const limits = createKeyLimits({ clock, timers: time.timers, queueMs: () => 0, past: [] });
    const outcomes: (AdmittedCall | string)[] = [];
    for (const jumpMs of [0, 0, 0, 0, 0, 3_600_000, -7_200_000]) {
      wall.now += jumpMs;
      outcomes.push(await tried(() => limits.admit('k', five, 0, never)));
    }
    time.advance(12_000);
    outcomes.push(await tried(() => limits.admit('k', five, 0, never)));
    expect(outcomes.map(isIn)).toEqual([true, true, true, true, true, false, false, true]);
  });
});

describe('tokens a minute', () => {
  const thousand = { ...unlimited, tokensPerMinute: 1_000 };

  test('L-02: a request that is too large never gets in; of two that fit only one at a time, one does', async () => {
    const { limits } = room();
    const large = await tried(() => limits.admit('k', thousand, 1_200, never));
    const two = [
      await tried(() => limits.admit('k', thousand, 600, never)),
      await tried(() => limits.admit('k', thousand, 600, never)),
    ];
    expect([large, isIn(two[0]!), two[1]]).toEqual([
      '429 tokens tokens_exceeded after 61000 ms',
      true,
      '429 tokens tokens_exceeded after 12000 ms',
    ]);
  });

  test('the estimate gives way to what was really used, once; unknown usage keeps it', async () => {
    const { limits } = room();
    const left = () => limits.headers('k', thousand)['x-ratelimit-remaining-tokens'];
    const less = await limits.admit('k', thousand, 600, never);
    less.settle(100);
    less.settle(0);
    const after = left();
    const more = await limits.admit('k', thousand, 100, never);
    more.settle(300);
    const debt = left();
    const unknown = await limits.admit('k', thousand, 50, never);
    unknown.settle(null);
    expect([after, debt, left()]).toEqual(['900', '600', '550']);
  });
});

describe('calls at once', () => {
  const two = { ...unlimited, concurrency: 2 };

  test('L-03: the third is refused, and gets in when one ends', async () => {
    const { limits } = room();
    const [first] = [await limits.admit('k', two, 0, never), await limits.admit('k', two, 0, never)];
    const refused = await tried(() => limits.admit('k', two, 0, never));
    first.settle(null);
    first.settle(null);
    const next = [
      await tried(() => limits.admit('k', two, 0, never)),
      await tried(() => limits.admit('k', two, 0, never)),
    ];
    expect([refused, next.map(isIn), limits.use('k', two).inFlight]).toEqual([
      '429 requests rate_limit_exceeded after 1000 ms',
      [true, false],
      2,
    ]);
  });

  test('a call waits a moment for its turn, and a client that leaves takes none', async () => {
    const { limits } = room(1_000);
    const running = [await limits.admit('k', two, 0, never), await limits.admit('k', two, 0, never)];
    const left = new AbortController();
    const gone = tried(() => limits.admit('k', two, 0, left.signal));
    const waiting = tried(() => limits.admit('k', two, 0, never));
    left.abort();
    running[0]!.settle(null);
    expect([isIn(await gone), isIn(await waiting), limits.use('k', two)]).toEqual([
      false,
      true,
      { inFlight: 2, waiting: 0, requests: null, tokens: null },
    ]);
  });

  test('a refusal after the wait gives back the request that it had taken in advance', async () => {
    const { limits, time } = room(1_000);
    const both = { ...two, requestsPerMinute: 10 };
    await limits.admit('k', both, 0, never);
    await limits.admit('k', both, 0, never);
    const refused = tried(() => limits.admit('k', both, 0, never));
    time.advance(1_000);
    expect([await refused, limits.use('k', both)]).toMatchObject([
      '429 requests rate_limit_exceeded after 1000 ms',
      { inFlight: 2, waiting: 0, requests: { level: 8 * 60_000 + 10_000 } },
    ]);
  });
});

test('a short wait for the minute is waited, in order, instead of a refusal', async () => {
  const { limits, time } = room(2_000);
  const sixty = { ...unlimited, requestsPerMinute: 60 };
  for (let count = 0; count < 60; count += 1) limits.admit('k', sixty, 0, never);
  const order: number[] = [];
  const waiting = [1, 2, 3].map((number) =>
    tried(() => limits.admit('k', sixty, 0, never)).then((outcome) => order.push(isIn(outcome) ? number : -number)),
  );
  await Promise.resolve();
  time.advance(1_000);
  await waiting[0];
  time.advance(1_000);
  await Promise.all(waiting);
  expect(order).toEqual([-3, 1, 2]);
});

test('L-08: a restart in mid-minute goes on where the calls of the ledger left it', async () => {
  const past = [30_000, 20_000, 10_000].map((ago) => ({ keyId: 'k', startedAt: NOW - ago, tokens: 200 }));
  const { limits } = room(0, past);
  const both = { ...unlimited, requestsPerMinute: 6, tokensPerMinute: 600 };
  const { requests, tokens } = limits.use('k', both);
  // One request comes back in 10 s: after 30 s, 20 s and 10 s there are as many left as if Relay had gone on.
  expect([(requests?.level ?? 0) / 60_000, (tokens?.level ?? 0) / 60_000]).toEqual([6, 300]);
  const late = room(0, [{ keyId: 'k', startedAt: NOW + 60_000, tokens: 200 }]);
  expect((late.limits.use('k', both).requests?.level ?? 0) / 60_000).toBe(5);
});

test('G11: in 100 bursts of 30 on 10, from many clients at once, never one too many', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 10 }), async (pauses) => {
      const { limits, time } = room();
      const ten = { ...unlimited, requestsPerMinute: 10 };
      const admittedAt: number[] = [];
      for (const pauseMs of pauses) {
        time.advance(pauseMs);
        const burst = await Promise.all(
          Array.from({ length: 30 }, () => tried(() => limits.admit('k', ten, 0, never))),
        );
        for (const outcome of burst) if (isIn(outcome)) admittedAt.push(time.clock.now());
      }
      for (const [index, at] of admittedAt.entries()) {
        const allowed = 10 + Math.floor(((at - NOW) * 10) / 60_000);
        expect(index + 1).toBeLessThanOrEqual(allowed);
      }
      expect(admittedAt.length).toBeGreaterThanOrEqual(10);
    }),
    { numRuns: 100 },
  );
});

test.each([
  [0, '0ms'],
  [12, '12ms'],
  [999, '999ms'],
  [1_000, '1s'],
  [59_800, '59.8s'],
  [60_000, '1m0s'],
  [372_500, '6m12.5s'],
  [3_720_000, '1h2m0s'],
])('%i ms is written %s', (ms, text) => {
  expect(formatReset(ms)).toBe(text);
});
