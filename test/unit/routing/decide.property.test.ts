import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candidate, Choosing } from '../../../src-main/routing/candidate.ts';
import { decide } from '../../../src-main/routing/decide.ts';
import { type Decision, scoreOf, strategyNames } from '../../../src-shared/domain/decision.ts';
import { anyCall, anyPool } from './arbitraries.ts';
import { account, by, candidate, choosing, HOUR, NOW, quota, seeded, windows } from './candidates.ts';

const anyScoring = fc.constantFrom(...strategyNames).map(by);
const anyRandom = fc.integer().map(seeded);

test('a decision is complete: every account once, a gate or a score that adds up, and the highest score chosen', () => {
  fc.assert(
    fc.property(anyPool, anyCall, anyScoring, anyRandom, (pool, call, scoring, random) => {
      const decision = decide(pool, call, scoring, NOW, random);
      expect(decision.verdicts.map(({ accountId }) => accountId)).toEqual(pool.map(({ account: { id } }) => id));
      for (const { gate, score, values, facts } of decision.verdicts) {
        expect([score === null, values.length, facts === null]).toEqual(
          gate === null ? [false, 10, false] : [true, 0, true],
        );
        if (score !== null) expect(score).toBe(scoreOf(values, decision.weights));
        for (const value of values) expect(value >= 0 && value <= 10_000 && Number.isInteger(value)).toBe(true);
      }
      const scores = decision.verdicts.flatMap(({ score }) => (score === null ? [] : [score]));
      expect(decision.verdicts[decision.chosen]?.score ?? null).toBe(scores.length === 0 ? null : Math.max(...scores));
    }),
  );
});

/** What a gate means, said a second time and apart from the code under test. */
function mustNotServe({ account: of, breakerUntil }: Candidate, call: Choosing): boolean {
  const { allowedAccounts, boundTo } = call;
  return (
    !of.enabled ||
    of.needsSignIn !== null ||
    of.keyringLocked !== null ||
    (of.pause !== null && (of.pause.until ?? Number.POSITIVE_INFINITY) > NOW) ||
    (allowedAccounts !== null && !allowedAccounts.includes(of.id)) ||
    of.models?.has(call.model) === false ||
    (of.unsupported.get(call.model) ?? 0) > NOW ||
    (boundTo !== null && boundTo !== of.id) ||
    call.families.some((family) => (of.rests.get(family)?.until ?? 0) > NOW) ||
    breakerUntil !== null ||
    (of.maxConcurrency !== null && of.inFlight >= of.maxConcurrency) ||
    call.tried.has(of.id) ||
    call.without.has(of.id)
  );
}

test('it never chooses an account that must not serve, and always one where one can', () => {
  fc.assert(
    fc.property(anyPool, anyCall, anyScoring, anyRandom, (pool, call, scoring, random) => {
      const { chosen, verdicts } = decide(pool, call, scoring, NOW, random);
      const usable = pool.filter((one) => !mustNotServe(one, call));
      const winner = pool[chosen];
      if (winner !== undefined) expect(usable).toContain(winner);
      const gatedByOthers = verdicts.filter(
        ({ gate }) => gate?.code === 'overflow' || gate?.code === 'pinned-elsewhere',
      );
      expect(winner === undefined).toBe(
        usable.length === gatedByOthers.length && usable.every(({ account: { kind } }) => kind === 'openai'),
      );
    }),
  );
});

test('more quota left in any window never lowers an account, whatever the strategy', () => {
  fc.assert(
    fc.property(
      anyPool,
      anyCall,
      anyScoring,
      fc.nat(7),
      fc.nat(2),
      fc.nat(100),
      (pool, call, scoring, at, which, more) => {
        const one = pool[at % Math.max(1, pool.length)];
        const list = [...(one?.account.windows.values() ?? [])];
        const chosenWindow = list[which % Math.max(1, list.length)];
        if (one === undefined || chosenWindow === undefined) return;
        const usedPercent = Math.max(0, chosenWindow.usedPercent - more);
        const fuller = list.map((each) => (each === chosenWindow ? { ...each, usedPercent } : each));
        const changed = pool.map((each) =>
          each === one ? { ...one, account: { ...one.account, ...windows(...fuller) } } : each,
        );
        const before = decide(pool, call, scoring, NOW, seeded(1));
        const after = decide(changed, call, scoring, NOW, seeded(1));
        const index = pool.indexOf(one);
        const score = before.verdicts[index]!.score ?? Number.NEGATIVE_INFINITY;
        expect(after.verdicts[index]!.score ?? Number.NEGATIVE_INFINITY).toBeGreaterThanOrEqual(score);
        if (before.verdicts[before.chosen] === before.verdicts[index] && after.chosen !== index) {
          expect(after.verdicts[after.chosen]!.score).toBe(after.verdicts[index]!.score);
        }
      },
    ),
  );
});

/** Runs `calls` new conversations one after the other and counts who was chosen. */
function share(pool: readonly Candidate[], calls: number, random: () => number, jitter: () => number): number[] {
  const last = new Map<string, number>();
  const counts = pool.map(() => 0);
  for (let turn = 0; turn < calls; turn += 1) {
    const list = pool.map((one) => {
      const at = last.get(one.account.id);
      return {
        ...one,
        turnsSince: at === undefined ? null : turn - at - 1,
        recent: { served: 8, tried: 8, ttftMs: jitter() },
      };
    });
    const { chosen } = decide(list, choosing(), by('balanced'), NOW, random);
    counts[chosen]! += 1;
    last.set(list[chosen]!.account.id, turn);
  }
  return counts;
}

test('no equal account starves: each gets its share within a fifth', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.integer(), fc.integer({ min: 0, max: 100 }), (size, seed, used) => {
      const random = seeded(seed);
      const pool = Array.from({ length: size }, (_, index) =>
        candidate(account(`a${index}`, { position: index, ...windows(quota(used, 2 * HOUR)) })),
      );
      const counts = share(pool, 60 * size, random, () => 50 + 50 * random());
      for (const count of counts) {
        expect(count).toBeGreaterThanOrEqual(48);
        expect(count).toBeLessThanOrEqual(72);
      }
    }),
    { numRuns: 30 },
  );
});

test('a reserve account is used exactly when no other can serve', () => {
  fc.assert(
    fc.property(anyPool, anyCall, fc.integer(), (pool, call, seed) => {
      const logins = pool.map((one) => ({ ...one, account: { ...one.account, kind: 'chatgpt' as const } }));
      const { chosen, verdicts } = decide(logins, call, by('balanced'), NOW, seeded(seed));
      if (chosen === -1) return;
      const others = verdicts.filter(
        ({ score }, index) => score !== null && logins[index]!.account.policy !== 'reserve',
      );
      expect(logins[chosen]!.account.policy === 'reserve').toBe(others.length === 0);
    }),
  );
});

test('a conversation does not bounce while what is measured trembles', () => {
  const steps = fc.array(
    fc.record({
      used: fc.integer({ min: 40, max: 44 }),
      other: fc.integer({ min: 40, max: 44 }),
      ttftMs: fc.integer({ min: 500, max: 1_500 }),
      inFlight: fc.nat(2),
    }),
    { minLength: 30, maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, fc.option(fc.nat(300_000)), fc.integer(), (trembling, cachedTokens, seed) => {
      let owner: Choosing['owner'] = null;
      let moves = 0;
      const random = seeded(seed);
      trembling.forEach(({ used, other, ttftMs, inFlight }, turn) => {
        const pool = [
          candidate(account('a', { inFlight, ...windows(quota(used, HOUR)) }), { turnsSince: turn % 3 }),
          candidate(account('b', windows(quota(other, HOUR))), {
            turnsSince: (turn + 1) % 3,
            recent: { served: 5, tried: 5, ttftMs },
          }),
        ];
        const decision: Decision = decide(pool, choosing({ owner }), by('balanced'), NOW, random);
        const accountId = pool[decision.chosen]!.account.id;
        if (owner !== null && owner.accountId !== accountId) moves += 1;
        owner = { accountId, cachedTokens };
      });
      expect(moves).toBe(0);
    }),
  );
});
