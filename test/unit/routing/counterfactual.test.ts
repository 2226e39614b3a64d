import { expect, test } from 'vitest';
import type { Candidate, Choosing } from '../../../src-main/routing/candidate.ts';
import { lostWords, reasonWords } from '../../../src-main/routing/counterfactual.ts';
import { decide } from '../../../src-main/routing/decide.ts';
import { account, by, candidate, choosing, DAY, HOUR, NOW, quota, windows } from './candidates.ts';

const words = (pool: Candidate[], call: Partial<Choosing> = {}, draw = 0) => {
  const decision = decide(pool, choosing(call), by('balanced'), NOW, () => draw);
  return { reason: reasonWords(decision), lost: decision.verdicts.map((verdict) => lostWords(decision, verdict)) };
};

// NOW is a Monday at noon in this machine's time.
const a = account('a', { position: 0, ...windows(quota(20, 2 * DAY, 7 * DAY)) });
const b = account('b', { position: 1, ...windows(quota(88, 3 * DAY, 7 * DAY)) });

test('who lost is told by how much and by which fact', () => {
  expect(words([candidate(a), candidate(b)])).toEqual({
    reason: 'a is 0.17 ahead of b: weekly 80 % left, resets Wed.',
    lost: [null, 'b lost by 0.17: weekly 12 % left, resets Thu'],
  });
});

test('a conversation that stays says what its cache is worth', () => {
  expect(words([candidate(a), candidate(b)], { owner: { accountId: 'b', cachedTokens: 84_000 } })).toEqual({
    reason: 'b keeps the conversation, 84k cached tokens worth $0.38; 0.77 ahead of a.',
    lost: ['a lost by 0.77: does not hold this conversation', null],
  });
});

test('who could not serve is told by its gate', () => {
  const resting = { rests: new Map([['codex', { until: NOW + HOUR, reason: 'The limit is reached.' }]]) };
  const pool = [
    candidate(a),
    candidate({ ...b, ...resting }),
    candidate(account('c', { pause: { until: null } })),
    candidate(account('d'), { breakerUntil: NOW + 30 * 60_000 }),
    candidate(account('e', { models: new Set() })),
  ];
  expect(words(pool)).toEqual({
    reason: 'a is the only account that can serve.',
    lost: [
      null,
      'b could not serve: Resting until 13:00: The limit is reached.',
      'c could not serve: Paused by you.',
      'd could not serve: Its calls keep failing; it is left alone until 12:30.',
      'e could not serve: It does not offer gpt-5.5.',
    ],
  });
  expect(words(pool.slice(1)).reason).toBe(
    'No account can serve: b: Resting until 13:00: The limit is reached. c: Paused by you. ' +
      'd: Its calls keep failing; it is left alone until 12:30. e: It does not offer gpt-5.5.',
  );
  expect(words([]).reason).toBe('There are no accounts.');
});

test('a metered key in place of a subscription says so, one that replaces nothing does not', () => {
  const key = candidate(account('key', { kind: 'openai' }));
  const resting = { rests: new Map([['codex', { until: NOW + HOUR, reason: 'The limit is reached.' }]]) };
  const spent = candidate({ ...a, ...resting });
  expect([words([spent, key], { overflow: 'allowed' }).reason, words([key], { overflow: 'allowed' }).reason]).toEqual([
    'key is the only account that can serve. It is a metered key in place of a subscription.',
    'key is the only account that can serve.',
  ]);
});

test('each part has words of its own', () => {
  const lost = (better: Partial<Candidate>, worse: Partial<Candidate>) =>
    words([candidate(account('x'), better), candidate(account('y'), worse)]).lost[1];
  expect(lost({}, { recent: { served: 1, tried: 3.4, ttftMs: null } })).toBe(
    'y lost by 0.10: 1 of 3 recent calls answered',
  );
  const recent = (ttftMs: number) => ({ recent: { served: 1, tried: 1, ttftMs } });
  expect(lost(recent(500), recent(12_000))).toBe('y lost by 0.05: first token after 12 s');
  const of = (id: string, fields: object) => candidate(account(id, fields));
  expect(words([of('x', {}), of('y', { inFlight: 8 })]).lost[1]).toBe('y lost by 0.08: 8 calls in flight');
  expect(words([of('x', {}), of('y', { inFlight: 1, maxConcurrency: 2 })]).lost[1]).toBe(
    'y lost by 0.08: 1 of 2 calls in flight',
  );
  expect(words([of('x', {}), of('y', { policy: 'reserve' })]).lost[1]).toBe('y lost by 2.00: reserve');
  expect(words([of('x', {}), of('y', { kind: 'openai' })]).lost[1]).toBe('y lost by 4.00: metered key');
  expect(words([of('x', {}), of('y', { position: 1 })]).lost[1]).toBe(
    'y lost by less than 0.01: place 2 in your order',
  );
  expect(lost({ turnsSince: 3 }, { turnsSince: 0 })).toBe('y lost by 0.02: last chosen 1 call ago');
});

test('among equals chance is said to have decided', () => {
  const weights = { ...by('balanced').weights, order: 0 };
  const decision = decide(
    [candidate(a), candidate({ ...a, id: 'b', label: 'b' })],
    choosing(),
    { strategy: 'balanced', weights },
    NOW,
    () => 0.9,
  );
  expect(reasonWords(decision)).toBe('a is as good as b; chance decided.');
  expect(lostWords(decision, decision.verdicts[1]!)).toBe('b was as good; chance decided');
});
