import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accounts } from '../../../src-main/accounts/accounts.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import { createWorld, HOUR, NOW, type World } from './accounts-under-test.ts';

let world: World;
let accounts: Accounts;
let id: string;
beforeEach(async () => {
  world = await createWorld();
  accounts = world.accounts;
  id = (await world.importAda()).id;
});
afterEach(() => world.database.close());

const MINUTE = 60_000;
const FIVE = 5 * HOUR;
const WEEK = 168 * HOUR;

/** A window of the usage endpoint, which resets at `NOW` plus that many hours. */
const told = (used: number, lengthMs: number, resetsIn = lengthMs / HOUR) => ({
  used_percent: used,
  limit_window_seconds: lengthMs / 1_000,
  reset_at: (NOW + resetsIn * HOUR) / 1_000,
});
const limit = (primary: object | null, secondary: object | null = null, allowed = true) => ({
  allowed,
  limit_reached: !allowed,
  primary_window: primary,
  secondary_window: secondary,
});
const read = (body: object, askedAt = world.clock.now()): boolean => accounts.recordUsage(id, body, askedAt);
const headers = (used: number, minutes: number, resetsIn?: number) => ({
  'x-codex-primary-used-percent': String(used),
  'x-codex-primary-window-minutes': String(minutes),
  ...(resetsIn === undefined ? {} : { 'x-codex-primary-reset-at': String((NOW + resetsIn * HOUR) / 1_000) }),
});
const view = (): AccountView => accounts.views()[0]!;
const windows = () =>
  view().windows.map(({ family, name, usedPercent, source }) => [family, name, usedPercent, source]);

describe('a reading of the usage endpoint', () => {
  test('is all that is known of an account: windows by family and length, credits, ceilings, the plan', async () => {
    read({
      plan_type: 'team',
      rate_limit: limit(told(12, FIVE), told(40, WEEK)),
      code_review_rate_limit: limit(told(3, WEEK)),
      additional_rate_limits: [{ metered_feature: 'codex_bengalfox', rate_limit: limit(told(7, 720 * HOUR)) }],
      credits: { has_credits: true, unlimited: false, balance: '4.20' },
      spend_control: { reached: false },
      rate_limit_reached_type: null,
      rate_limit_reset_credits: { available_count: 1 },
    });
    expect(windows()).toEqual([
      ['code-review', 'weekly', 3, 'usage-endpoint'],
      ['codex', '5-hour', 12, 'usage-endpoint'],
      ['codex', 'weekly', 40, 'usage-endpoint'],
      ['codex-bengalfox', 'monthly', 7, 'usage-endpoint'],
    ]);
    const { plan, credits, usage, usageError } = view();
    const known = {
      plan: 'team',
      credits: { has: true, unlimited: false, balance: '4.20', readAt: NOW },
      usage: { readAt: NOW, limitReached: null, spendLimitReached: false, resetCredits: 1 },
      usageError: null,
    };
    expect({ plan, credits, usage, usageError }).toEqual(known);
    await accounts.settled();
    expect(await world.viewsAfterRestart()).toEqual(accounts.views());
  });

  test('replaces the windows of a family, so that one the upstream stopped naming is gone at once', async () => {
    read({ rate_limit: limit(told(12, FIVE), told(40, WEEK)) });
    world.clock.advance(MINUTE);
    read({ rate_limit: limit(told(41, WEEK)) });
    expect(windows()).toEqual([['codex', 'weekly', 41, 'usage-endpoint']]);
    await accounts.settled();
    expect(await world.viewsAfterRestart()).toEqual(accounts.views());
  });

  test('takes nothing away where it cannot be read whole', () => {
    read({ rate_limit: limit(told(12, FIVE), told(40, WEEK)) });
    world.clock.advance(MINUTE);
    read({ rate_limit: { allowed: true, primary_window: { used_percent: 'NaN' }, secondary_window: told(41, WEEK) } });
    read({ rate_limit: null });
    expect(windows()).toEqual([
      ['codex', '5-hour', 12, 'usage-endpoint'],
      ['codex', 'weekly', 41, 'usage-endpoint'],
    ]);
  });

  test('forgets a family that it no longer tells, but not one that only answers of calls told', () => {
    const extra = { metered_feature: 'codex_fox', rate_limit: limit(told(5, FIVE)) };
    read({ rate_limit: limit(told(12, FIVE)), additional_rate_limits: [extra] });
    accounts.recordHeaders(id, {
      'x-codex-owl-primary-used-percent': '9',
      'x-codex-owl-primary-window-minutes': '300',
    });
    world.clock.advance(MINUTE);
    read({ rate_limit: limit(told(12, FIVE)), additional_rate_limits: null });
    expect(windows().map(([family]) => family)).toEqual(['codex', 'codex-owl']);
  });

  test('is none, and teaches nothing, where it is something else', () => {
    expect([read({}), read({ detail: 'Not Found' }), read({ models: [] })]).toEqual([false, false, false]);
    expect([windows(), view().usage]).toEqual([[], null]);
  });
});

describe('credits', () => {
  test('come with the answers and events of calls too', async () => {
    accounts.recordHeaders(id, {
      'x-codex-credits-has-credits': 'true',
      'x-codex-credits-unlimited': 'false',
      'x-codex-credits-balance': '9.99',
    });
    expect(view().credits).toEqual({ has: true, unlimited: false, balance: '9.99', readAt: NOW });
    world.clock.advance(1_000);
    const event = { type: 'codex.rate_limits', credits: { has_credits: false, unlimited: false, balance: '0' } };
    accounts.recordEvent(id, Buffer.from(JSON.stringify(event)));
    accounts.recordEvent(id, Buffer.from('{"type":"codex.rate_limits","credits":null}'));
    expect(view().credits).toEqual({ has: false, unlimited: false, balance: '0', readAt: NOW + 1_000 });
    await accounts.settled();
    expect((await world.open()).views()[0]?.credits).toEqual(view().credits);
  });
});

describe('a rest', () => {
  const free = { rate_limit: limit(told(30, FIVE)) };
  const rested = (): string[] => [...(accounts.get(id)?.rests.keys() ?? [])];

  test.each([
    ['ends when the endpoint, asked later, says that the account is free', free, 1_000, []],
    ['stays when the endpoint was asked before the refusal', free, 0, ['codex']],
    ['stays while a window is spent', { rate_limit: limit(told(100, FIVE)) }, 1_000, ['codex']],
    ['stays while calls are not allowed', { rate_limit: limit(told(30, FIVE), null, false) }, 1_000, ['codex']],
    ['stays while a ceiling is reached', { ...free, spend_control: { reached: true } }, 1_000, ['codex']],
    ['stays where the endpoint says nothing', { rate_limit: null }, 1_000, ['codex']],
  ])('%s', async (_, body, askedAfter, expected) => {
    accounts.rest(id, 'codex', NOW + 3 * HOUR, 'The usage limit has been reached');
    world.clock.advance(2_000);
    read(body, NOW + askedAfter);
    expect(rested()).toEqual(expected);
    await accounts.settled();
    expect([...((await world.open()).get(id)?.rests.keys() ?? [])]).toEqual(expected);
  });

  test('belongs to its family: the others do not end it', () => {
    accounts.rest(id, 'codex-fox', NOW + HOUR, 'limit');
    world.clock.advance(1_000);
    read(free);
    expect(rested()).toEqual(['codex-fox']);
    const fox = { metered_feature: 'codex_fox', rate_limit: limit(told(5, FIVE)) };
    read({ ...free, additional_rate_limits: [fox] });
    expect(rested()).toEqual([]);
  });

  test('that is a limit of speed is none of the endpoint’s business', () => {
    accounts.rest(id, 'codex', NOW + MINUTE, 'try again in 60 s');
    world.clock.advance(1_000);
    read(free);
    expect(rested()).toEqual(['codex']);
  });

  test('is not ended by a reading that was asked for before the upstream refused again', () => {
    accounts.rest(id, 'codex', NOW + 3 * HOUR, 'limit');
    world.clock.advance(10_000);
    accounts.rest(id, 'codex', NOW + HOUR, 'limit again');
    read(free, NOW + 5_000);
    expect(accounts.get(id)?.rests.get('codex')).toMatchObject({ until: NOW + 3 * HOUR, since: NOW + 10_000 });
  });
});

describe('how a window went', () => {
  const rise = (from: number, steps: number, everyMs: number, by = 1): void => {
    for (let step = 0; step < steps; step += 1) {
      accounts.recordHeaders(id, headers(from + step * by, 300, 5));
      world.clock.advance(everyMs);
    }
  };

  test('gives its pace, which survives a restart', async () => {
    rise(10, 30, 2 * MINUTE);
    expect(view().windows[0]?.forecast).toEqual({
      verdict: 'runs-out',
      burnPercentPerHour: expect.closeTo(30),
      runsOutAt: expect.closeTo(NOW + 3 * HOUR, -4),
      unusedPercent: 0,
      sentence: 'Runs out in 2 h, 2 h before it resets.',
    });
    await accounts.settled();
    expect((await world.open()).views()[0]?.windows).toEqual(view().windows);
  });

  test('is kept in few readings, however many come', async () => {
    for (let call = 0; call < 2_000; call += 1) {
      accounts.recordHeaders(id, headers(call / 50, 300, 5));
      world.clock.advance(5_000);
    }
    expect(accounts.get(id)?.tracks.get(`codex:${FIVE}`)?.readings.length).toBeLessThanOrEqual(40);
    expect(view().windows[0]?.forecast?.burnPercentPerHour).toBeCloseTo(14.4, 0);
    await accounts.settled();
    const [row] = await world.database.all('SELECT length(readings) AS size FROM window_readings');
    expect(Number(row?.['size'])).toBeLessThan(1_200);
  });

  test('begins anew with the next period', () => {
    rise(70, 30, 2 * MINUTE);
    world.clock.advance(4 * HOUR);
    accounts.recordHeaders(id, headers(1, 300, 10));
    expect(accounts.get(id)?.tracks.get(`codex:${FIVE}`)?.readings).toEqual([{ at: NOW + FIVE, usedPercent: 1 }]);
    expect(view().windows[0]?.forecast?.sentence).toBe('Not enough readings yet.');
  });

  test('shows for half an hour that two readings spoke against each other, and still takes the newest', () => {
    accounts.recordHeaders(id, headers(80, 300, 3));
    world.clock.advance(MINUTE);
    read({ rate_limit: limit(told(20, FIVE, 3)) });
    const sentence = 'The used share fell from 80 % to 20 % without a reset.';
    expect(view().windows).toMatchObject([{ usedPercent: 20, contradicts: sentence, stale: false }]);
    world.clock.advance(30 * MINUTE);
    expect(view().windows).toMatchObject([{ contradicts: sentence }]);
    world.clock.advance(1);
    expect(view().windows).toMatchObject([{ contradicts: null }]);
  });

  test('goes with its account', async () => {
    rise(10, 5, 2 * MINUTE);
    read({ rate_limit: limit(told(20, FIVE)) });
    await accounts.settled();
    await accounts.remove(id);
    const left = await Promise.all(
      ['windows', 'window_readings', 'account_usage'].map((table) => world.database.all(`SELECT * FROM ${table}`)),
    );
    expect(left).toEqual([[], [], []]);
  });
});

test('a reading says when it is too old for how its account is used', () => {
  accounts.recordHeaders(id, headers(10, 300, 5));
  accounts.get(id)!.inFlight = 1;
  world.clock.advance(16 * MINUTE);
  expect(view().windows).toMatchObject([{ stale: true, staleReason: 'Calls ran on this account after it was read.' }]);
});
