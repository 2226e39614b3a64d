import { describe, expect, test } from 'vitest';
import type { Candidate, Choosing } from '../../../src-main/routing/candidate.ts';
import { decide } from '../../../src-main/routing/decide.ts';
import type { RoutedAccount } from '../../../src-main/routing/ports.ts';
import { scoringOf } from '../../../src-main/routing/strategies.ts';
import type { StrategyName } from '../../../src-shared/domain/decision.ts';
import { account, by, candidate, choosing, DAY, HOUR, NOW, quota, seeded, windows } from './candidates.ts';

const never = (): number => {
  throw new Error('nothing was equal');
};

const decided = (list: Candidate[], call: Partial<Choosing> = {}, strategy: StrategyName = 'balanced') =>
  decide(list, choosing(call), by(strategy), NOW, never);

const chosen = (list: Candidate[], call: Partial<Choosing> = {}, strategy: StrategyName = 'balanced') =>
  list[decided(list, call, strategy).chosen]?.account.id ?? null;

/** The gate of `a`, beside an account that can serve. */
const gateOf = (fields: Partial<RoutedAccount>, call: Partial<Choosing> = {}, more: Partial<Candidate> = {}) => {
  const { verdicts, chosen: index } = decided([candidate(account('a', fields), more), candidate(account('b'))], call);
  return { gate: verdicts[0]!.gate, chosen: index };
};

describe('gates come before any score', () => {
  const until = NOW + HOUR;
  const rest = (family: string) => ({ rests: new Map([[family, { until, reason: 'The limit is reached.' }]]) });
  test.each<[string, Partial<RoutedAccount>, Partial<Choosing>, Partial<Candidate>, object]>([
    ['left out', {}, { without: new Set(['a']) }, {}, { code: 'left-out', until: null, note: null }],
    ['disabled', { enabled: false }, {}, {}, { code: 'disabled', until: null, note: null }],
    ['paused for good', { pause: { until: null } }, {}, {}, { code: 'paused', until: null, note: null }],
    ['paused for a while', { pause: { until } }, {}, {}, { code: 'paused', until, note: null }],
    ['signed out', { needsSignIn: 'Expired.' }, {}, {}, { code: 'needs-sign-in', until: null, note: 'Expired.' }],
    ['locked', { keyringLocked: 'Locked.' }, {}, {}, { code: 'keyring-locked', until: null, note: 'Locked.' }],
    ['of another key', {}, { allowedAccounts: ['b'] }, {}, { code: 'not-allowed', until: null, note: null }],
    ['without the model', { models: new Set(['x']) }, {}, {}, { code: 'lacks-model', until: null, note: null }],
    [
      'that refused the model',
      { unsupported: new Map([['gpt-5.5', until]]) },
      {},
      {},
      { code: 'lacks-model', until, note: null },
    ],
    ['that cannot read the state', {}, { boundTo: 'b' }, {}, { code: 'foreign-state', until: null, note: null }],
    ['resting', rest('codex'), {}, {}, { code: 'resting', until, note: 'The limit is reached.' }],
    [
      'resting for this model (R-09)',
      rest('codex-fox'),
      { families: ['codex', 'codex-fox'] },
      {},
      { code: 'resting', until, note: 'The limit is reached.' },
    ],
    ['with an open breaker', {}, {}, { breakerUntil: until }, { code: 'breaker-open', until, note: null }],
    ['that is full', { maxConcurrency: 2, inFlight: 2 }, {}, {}, { code: 'at-capacity', until: null, note: null }],
    ['tried already', {}, { tried: new Set(['a']) }, {}, { code: 'tried', until: null, note: null }],
  ])('an account %s serves nothing', (_name, fields, call, more, gate) => {
    const best = { ...windows(quota(0, HOUR)), policy: 'burn-first' as const, ...fields };
    expect(gateOf(best, call, more)).toEqual({ gate, chosen: 1 });
  });

  test.each<[string, Partial<RoutedAccount>, Partial<Choosing>]>([
    ['a pause that is over', { pause: { until: NOW } }, {}],
    ['a rest that is over', { rests: new Map([['codex', { until: NOW, reason: '' }]]) }, {}],
    ['a rest of a family that the model does not count against (R-09)', rest('codex-fox'), {}],
    ['a model that may be tried again', { unsupported: new Map([['gpt-5.5', NOW]]) }, {}],
    ['a key that names its label', { label: 'mine' }, { allowedAccounts: ['mine', 'b'] }],
    ['a place that is free', { maxConcurrency: 2, inFlight: 1 }, {}],
  ])('%s is no gate', (_name, fields, call) => {
    expect(gateOf(fields, call).gate).toBeNull();
  });

  test('calls go to a pinned account, and elsewhere while it cannot serve', () => {
    const pinned = (fields: Partial<RoutedAccount> = {}) => [
      candidate(account('a', windows(quota(0, HOUR)))),
      candidate(account('b', { pinnedUntil: NOW + HOUR, policy: 'reserve', ...fields })),
    ];
    expect(decided(pinned()).verdicts.map(({ gate }) => gate)).toEqual([
      { code: 'pinned-elsewhere', until: NOW + HOUR, note: null },
      null,
    ]);
    expect(chosen(pinned({ needsSignIn: 'x' }))).toBe('a');
    expect(chosen(pinned({ pinnedUntil: NOW }))).toBe('a');
  });

  describe('a metered key', () => {
    const key = candidate(account('key', { kind: 'openai', models: new Set(['gpt-5.5', 'gpt-9']) }));
    const login = (fields: Partial<RoutedAccount> = {}) =>
      candidate(account('login', { models: new Set(['gpt-5.5']), ...fields }));

    test('stands in for subscriptions only where that is allowed (R-11)', () => {
      const pool = [login({ needsSignIn: 'The login is dead.' }), key];
      expect(chosen(pool, { overflow: 'allowed' })).toBe('key');
      expect(decided(pool, { overflow: 'no-consent' }).verdicts[1]!.gate).toEqual({
        code: 'overflow',
        until: null,
        note: null,
      });
      expect(decided(pool, { overflow: 'ceiling-reached' }).verdicts[1]!.gate?.note).toBe('ceiling-reached');
    });
    test('comes after every subscription that can serve, also a reserve one', () => {
      expect(chosen([key, login({ policy: 'reserve', ...windows(quota(99, HOUR)) })])).toBe('login');
    });
    test.each([
      ['in a pool of keys alone', [key], {}],
      ['for a model that only keys offer', [login(), key], { model: 'gpt-9' }],
      ['where the key may use no subscription', [login(), key], { allowedAccounts: ['key'] }],
      ['where the subscription is switched off', [login({ enabled: false }), key], {}],
    ])('is no overflow %s', (_name, pool, call) => {
      expect(chosen(pool, { overflow: 'no-consent', ...call })).toBe('key');
    });
  });

  test('no account, or none that can serve, chooses none', () => {
    expect(decided([]).chosen).toBe(-1);
    expect(decided([candidate(account('a', { enabled: false }))]).chosen).toBe(-1);
  });
});

describe('the balanced score', () => {
  const two = (a: Partial<RoutedAccount>, b: Partial<RoutedAccount>) => [
    candidate(account('a', a), { turnsSince: 0 }),
    candidate(account('b', b), { turnsSince: 1 }),
  ];

  test('spends first what would expire unused', () => {
    const ending = windows(quota(50, 6 * HOUR, 7 * DAY));
    const lasting = windows(quota(30, 6 * DAY, 7 * DAY));
    expect(chosen(two(ending, lasting))).toBe('a');
    expect(chosen(two(lasting, ending))).toBe('b');
  });
  test('sees a week that ends unused behind a fresh 5-hour window', () => {
    const fresh = quota(0, null);
    const ending = windows(fresh, quota(60, 12 * HOUR, 7 * DAY));
    const lasting = windows(fresh, quota(60, 4 * DAY, 7 * DAY));
    expect(chosen(two(ending, lasting))).toBe('a');
    const full = windows(quota(50, null), quota(20, 12 * HOUR, 7 * DAY));
    expect(chosen(two(full, windows(quota(50, null), quota(20, 4 * DAY, 7 * DAY))))).toBe('a');
  });
  test('keeps what must last', () => {
    const spare = windows(quota(10, 5 * DAY, 7 * DAY), quota(20, 4 * HOUR));
    const scarce = windows(quota(80, 5 * DAY, 7 * DAY), quota(0, 4 * HOUR));
    expect(chosen(two(spare, scarce))).toBe('a');
  });
  test('leaves an account with almost nothing left alone, whenever it resets', () => {
    expect(chosen(two(windows(quota(60, 4 * HOUR)), windows(quota(99, 60_000))))).toBe('a');
  });
  test('takes an unknown quota as on pace', () => {
    expect(chosen(two({}, windows(quota(80, 4 * HOUR))))).toBe('a');
    expect(chosen(two(windows(quota(10, HOUR)), {}))).toBe('a');
  });
  test('trusts an old good reading less than a fresh one, and an old bad one as much', () => {
    const old = { readAt: NOW - 4 * HOUR };
    const good = (more = {}) => windows(quota(20, HOUR, 5 * HOUR, more));
    const bad = (more = {}) => windows(quota(95, HOUR, 5 * HOUR, more));
    expect(chosen(two(good(), good(old)))).toBe('a');
    const [first, second] = decided(two(bad(), bad(old))).verdicts;
    expect(first!.values[0]).toBe(second!.values[0]);
  });
  test('looks only at the windows that the model counts against', () => {
    const fox = windows(quota(95, 4 * HOUR, 5 * HOUR, { family: 'codex-fox' }));
    expect(chosen([candidate(account('a', fox), { turnsSince: 3 }), candidate(account('b'), { turnsSince: 0 })])).toBe(
      'a',
    );
    expect(chosen(two({}, fox), { families: ['codex', 'codex-fox'] })).toBe('a');
  });
  test('avoids an account that fails or is slow, or has many calls in flight', () => {
    const recent = (served: number, tried: number, ttftMs: number | null) => ({ recent: { served, tried, ttftMs } });
    const pair = (a: Partial<Candidate>, b: Partial<Candidate>) =>
      chosen([candidate(account('a'), { turnsSince: 0, ...a }), candidate(account('b'), { turnsSince: 1, ...b })]);
    expect(pair(recent(5, 5, null), recent(2, 5, null))).toBe('a');
    expect(pair(recent(5, 5, 1_000), recent(5, 5, 20_000))).toBe('a');
    expect(chosen(two({ inFlight: 1 }, { inFlight: 5 }))).toBe('a');
    expect(chosen(two({ maxConcurrency: 20, inFlight: 5 }, { maxConcurrency: 6, inFlight: 5 }))).toBe('a');
  });
  test('gives an account whose speed is not known the usual one', () => {
    const known = { recent: { served: 9, tried: 9, ttftMs: 300 } };
    expect(chosen([candidate(account('a'), { ...known, turnsSince: 0 }), candidate(account('b'))])).toBe('b');
  });
  test('follows what the person decided before anything measured', () => {
    const worse = windows(quota(97, 4 * HOUR));
    expect(chosen(two({ policy: 'burn-first', ...worse, inFlight: 20 }, windows(quota(0, HOUR))))).toBe('a');
    expect(chosen(two({ policy: 'normal', ...worse, inFlight: 20 }, { policy: 'reserve' }))).toBe('a');
    const reserve = [candidate(account('a', { enabled: false })), candidate(account('b', { policy: 'reserve' }))];
    expect(chosen(reserve)).toBe('b');
  });
  test('uses equal accounts in the order of their positions, then lets chance decide', () => {
    const fresh = [candidate(account('a', { position: 2 })), candidate(account('b', { position: 1 }))];
    expect(chosen(fresh)).toBe('b');
    const weights = { ...by('balanced').weights, order: 0 };
    const draws = [0, 0.49, 0.51, 0.99].map(
      (draw) => decide(fresh, choosing(), { strategy: 'balanced', weights }, NOW, () => draw).chosen,
    );
    expect(draws).toEqual([1, 1, 0, 0]);
  });
});

describe('moving a conversation costs its cache', () => {
  const fuller = account('fuller', windows(quota(20, 2 * HOUR)));
  const owner = account('owner', windows(quota(80, 4 * HOUR)));
  const pool = [candidate(fuller), candidate(owner)];
  const held = (cachedTokens: number | null, uncachedNanoUsd: number | null = 4_500) => ({
    owner: { accountId: 'owner', cachedTokens },
    uncachedNanoUsd,
  });

  test('it moves when the cache is worth less than the difference, and stays when it is worth more', () => {
    expect(chosen(pool, held(null))).toBe('fuller');
    expect(chosen(pool, held(5_000))).toBe('fuller');
    expect(chosen(pool, held(100_000))).toBe('owner');
    expect(chosen(pool, held(100_000, null))).toBe('owner');
    expect(chosen(pool, held(100_000, 90))).toBe('fuller');
  });
  test('even a cold conversation needs more than a trembling figure to move', () => {
    const nearly = [
      candidate(account('a', windows(quota(40, HOUR)))),
      candidate(account('owner', windows(quota(45, HOUR)))),
    ];
    expect(chosen(nearly)).toBe('a');
    expect(chosen(nearly, held(null))).toBe('owner');
  });
  test('nothing keeps it on an account that cannot serve, on a reserve account or on a metered key', () => {
    const warm = held(10_000_000);
    expect(chosen([candidate(fuller), candidate({ ...owner, enabled: false })], warm)).toBe('fuller');
    expect(chosen([candidate(fuller), candidate({ ...owner, policy: 'reserve' })], warm)).toBe('fuller');
    expect(chosen([candidate(fuller), candidate({ ...owner, kind: 'openai' })], warm)).toBe('fuller');
  });
  test('a burn-first account takes it unless its cache is worth about a dollar', () => {
    const burn = [candidate({ ...fuller, policy: 'burn-first' }), candidate(owner)];
    expect(chosen(burn, held(20_000))).toBe('fuller');
    expect(chosen(burn, held(2_000_000))).toBe('owner');
  });
});

test('weights of a person’s own replace those of the strategy, the others stay', () => {
  const scoring = scoringOf({ 'routing.strategy': 'fastest', 'routing.weights': { cache: 0, order: 2 } });
  expect(scoring).toEqual({ strategy: 'fastest', weights: { ...by('fastest').weights, cache: 0, order: 2 } });
});

describe('strategies', () => {
  const full = account('full', { position: 1, ...windows(quota(0, 4 * HOUR)) });
  const used = account('used', { position: 0, ...windows(quota(90, 4 * HOUR)) });
  test('fill-first empties the first account in the order before the next', () => {
    expect(chosen([candidate(full), candidate(used)], {}, 'fill-first')).toBe('used');
  });
  test('round-robin goes by turns alone', () => {
    const pool = [candidate(used, { turnsSince: 5 }), candidate(full, { turnsSince: 1 })];
    expect(chosen(pool, {}, 'round-robin')).toBe('used');
  });
  test('fastest takes the first token that comes soonest', () => {
    const recent = (ttftMs: number) => ({ recent: { served: 5, tried: 5, ttftMs } });
    expect(chosen([candidate(used, recent(500)), candidate(full, recent(9_000))], {}, 'fastest')).toBe('used');
    expect(chosen([candidate(used, recent(500)), candidate(full, recent(9_000))])).toBe('full');
  });
  test('use-it-or-lose-it gives up a cache for a week that ends', () => {
    const ending = account('ending', windows(quota(30, 3 * HOUR, 7 * DAY)));
    const lasting = account('lasting', windows(quota(30, 5 * DAY, 7 * DAY)));
    const held = { owner: { accountId: 'lasting', cachedTokens: 20_000 } };
    expect(chosen([candidate(ending), candidate(lasting)], held)).toBe('lasting');
    expect(chosen([candidate(ending), candidate(lasting)], held, 'use-it-or-lose-it')).toBe('ending');
  });
  test('single stays on the account of the latest call until it cannot serve', () => {
    const pool = (fields: Partial<RoutedAccount> = {}) => [
      candidate({ ...used, ...fields }, { turnsSince: 0 }),
      candidate(full, { turnsSince: 1 }),
    ];
    expect(chosen(pool(), {}, 'single')).toBe('used');
    expect(chosen(pool({ needsSignIn: 'x' }), {}, 'single')).toBe('full');
  });
});

test('three equal accounts share 300 calls evenly (R-01)', () => {
  const random = seeded(7);
  const accounts = ['a', 'b', 'c'].map((id, position) => account(id, { position, ...windows(quota(10, HOUR)) }));
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
  const last = new Map<string, number>();
  for (let turn = 0; turn < 300; turn += 1) {
    const list = accounts.map((of) => {
      const at = last.get(of.id);
      return candidate(of, {
        turnsSince: at === undefined ? null : turn - at - 1,
        recent: { served: 5, tried: 5, ttftMs: 20 + 60 * random() },
      });
    });
    const id = list[decide(list, choosing(), by('balanced'), NOW, random).chosen]!.account.id;
    counts[id]! += 1;
    last.set(id, turn);
  }
  for (const count of Object.values(counts)) {
    expect(count).toBeGreaterThanOrEqual(80);
    expect(count).toBeLessThanOrEqual(120);
  }
});

test('an account whose week is nearly used up gets next to nothing (R-02)', () => {
  const a = account('a', { position: 0, ...windows(quota(99, 3 * DAY, 7 * DAY)) });
  const b = account('b', { position: 1, ...windows(quota(10, 3 * DAY, 7 * DAY)) });
  for (const inFlight of [0, 1, 4, 16]) {
    expect(chosen([candidate(a, { turnsSince: 50 }), candidate({ ...b, inFlight }, { turnsSince: 0 })])).toBe('b');
  }
});
