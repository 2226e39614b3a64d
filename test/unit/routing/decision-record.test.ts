import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../../src-main/routing/decide.ts';
import { packDecision, readDecision } from '../../../src-main/routing/decision-record.ts';
import { viewDecision } from '../../../src-main/routing/decision-view.ts';
import { strategyNames } from '../../../src-shared/domain/decision.ts';
import { anyCall, anyPool } from './arbitraries.ts';
import { account, by, candidate, choosing, DAY, HOUR, NOW, quota, seeded, windows } from './candidates.ts';

const stored = (text: string) => readDecision(JSON.parse(text));

test('a decision reads back as it was, times to the minute and speeds to 10 ms', () => {
  const pool = [
    candidate(account('a', { maxConcurrency: 3, inFlight: 1, ...windows(quota(12.34, 2 * DAY + 61_000, 7 * DAY)) }), {
      turnsSince: 4,
      recent: { served: 2.34, tried: 5.67, ttftMs: 1_234 },
    }),
    candidate(account('Zoë "the second"\n', windows(quota(50, HOUR, 5 * HOUR, { readAt: NOW - 3 * HOUR })))),
    candidate(account('c', { rests: new Map([['codex', { until: NOW + 1, reason: 'A "limit".' }]]) })),
  ];
  const call = choosing({ owner: { accountId: 'a', cachedTokens: 84_000 } });
  const decision = decide(pool, call, by('balanced'), NOW, seeded(1));
  const [a, second, c] = decision.verdicts;
  const { window } = a!.facts!;
  expect(stored(packDecision(decision))).toEqual({
    ...decision,
    verdicts: [
      {
        ...a,
        facts: {
          ...a!.facts,
          served: 2.3,
          tried: 5.7,
          ttftMs: 1_230,
          window: { ...window, left: expect.closeTo(0.8766, 3), resetsAt: NOW + 2 * DAY + 60_000 },
        },
      },
      second,
      c,
    ],
  });
});

test('whatever was decided, the stored one chooses the same with the same scores, gates and reasons', () => {
  fc.assert(
    fc.property(anyPool, anyCall, fc.constantFrom(...strategyNames), fc.integer(), (pool, call, strategy, seed) => {
      const decision = decide(pool, call, by(strategy), NOW, seeded(seed));
      const read = stored(packDecision(decision));
      expect(read).not.toBeNull();
      expect(read!.verdicts.map(({ score, gate, values }) => ({ score, gate, values }))).toEqual(
        decision.verdicts.map(({ score, gate, values }) => ({ score, gate, values })),
      );
      expect({ ...read, verdicts: [] }).toEqual({ ...decision, verdicts: [] });
      expect(viewDecision(read!).candidates).toHaveLength(pool.length);
    }),
  );
});

test('it is small: about a hundred bytes for an account', () => {
  const pool = Array.from({ length: 50 }, (_, index) =>
    candidate(
      account(`acc_${index}`, { label: `person${index}@example.test`, ...windows(quota(index, DAY, 7 * DAY)) }),
    ),
  );
  expect(packDecision(decide(pool, choosing(), by('balanced'), NOW, seeded(1))).length).toBeLessThan(5_000);
});

test('what is damaged or of another version is none', () => {
  const whole = JSON.parse(packDecision(decide([candidate(account('a'))], choosing(), by('single'), NOW, seeded(1))));
  expect(readDecision(whole)).not.toBeNull();
  const cut = whole.with(9, whole[9].slice(4));
  const unknown = whole.with(2, strategyNames.length);
  expect([null, [], [2, ...whole.slice(1)], whole.slice(1), cut, unknown].map(readDecision)).toEqual(
    Array(6).fill(null),
  );
});
