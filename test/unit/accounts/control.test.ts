import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Accounts } from '../../../src-main/accounts/accounts.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import { formatClockTime } from '../../../src-shared/format/clock-time.ts';
import { addKeys, createWorld, HOUR, NOW, type World } from './accounts-under-test.ts';

let world: World;
let accounts: Accounts;
let ids: string[];
const [a, b, c] = [() => ids[0]!, () => ids[1]!, () => ids[2]!];

beforeEach(async () => {
  world = await createWorld();
  accounts = world.accounts;
  ids = await addKeys(world, ['a', 'b', 'c']);
});
afterEach(() => world.database.close());

const read = (id: string): AccountView => accounts.views().find((view) => view.id === id)!;
/** What a Relay that was killed at this moment has at its next start. */
const restarted = async (): Promise<AccountView[]> => {
  const next = await world.open();
  next.close();
  return next.views();
};
const stored = async (id: string): Promise<AccountView> => (await restarted()).find((view) => view.id === id)!;
const entries = async (): Promise<unknown[][]> =>
  (await accounts.audit.list({ limit: 50 })).entries
    .filter(({ what }) => what !== 'added')
    .map(({ actor, what, accountLabel, detail }) => [actor, what, accountLabel, detail])
    .reverse();
const learnWindows = (id: string, fiveHourReset: number, weeklyReset: number): void =>
  accounts.recordHeaders(id, {
    'x-codex-primary-used-percent': '50',
    'x-codex-primary-window-minutes': '300',
    'x-codex-primary-reset-at': String(fiveHourReset / 1_000),
    'x-codex-secondary-used-percent': '50',
    'x-codex-secondary-window-minutes': '10080',
    'x-codex-secondary-reset-at': String(weeklyReset / 1_000),
  });

describe('switching', () => {
  test('is durable when it answers, and an entry with who did it', async () => {
    const off = await accounts.as('dashboard').setEnabled(a(), false);
    const on = await accounts.as('cli').setEnabled(a(), true);
    expect([off.health, await stored(a()), on.enabled]).toEqual([
      { state: 'disabled', reason: 'Switched off by you.', until: null },
      read(a()),
      true,
    ]);
    expect(await entries()).toEqual([
      ['dashboard', 'disabled', 'a', 'Switched off; calls that run on it end normally.'],
      ['cli', 'enabled', 'a', 'Switched on.'],
    ]);
  });

  test('what changes nothing leaves no entry and answers the same', async () => {
    const control = accounts.as('api');
    const before = read(a());
    const same = [
      await control.setEnabled(a(), true),
      await control.resume(a()),
      await control.unpin(a()),
      await control.wake(a()),
      await control.edit(a(), {}),
      await control.edit(a(), { label: 'a', policy: 'normal', maxConcurrency: null, color: null }),
    ];
    expect([same, await control.order([a(), b()]), await entries()]).toEqual([
      same.map(() => before),
      accounts.views(),
      [],
    ]);
  });

  test('a change that could not be written down does not hold', async () => {
    const failing = await world.open({
      database: { all: world.database.all, run: async () => Promise.reject(new Error('disk full')) },
    });
    await expect(failing.setEnabled(a(), false)).rejects.toThrow('disk full');
    expect(failing.views()).toEqual(accounts.views());
  });
});

describe('a pause', () => {
  test('lasts for its time, is told when it ends, and is gone then, also for the next start', async () => {
    let told = 0;
    await accounts.as('tray').pause(a(), { forMs: HOUR });
    const during = [read(a()), await stored(a())];
    accounts.onChange(() => {
      told += 1;
    });
    world.time.advance(HOUR - 1);
    const before = [read(a()).health.state, told];
    world.time.advance(1);
    await accounts.audit.list({ limit: 1 });
    const end = formatClockTime(NOW + HOUR, NOW);
    expect([during.map(({ pause, health }) => [pause, health]), before, told, read(a()).pause]).toEqual([
      during.map(() => [
        { until: NOW + HOUR },
        { state: 'paused', reason: `Paused by you until ${end}.`, until: NOW + HOUR },
      ]),
      ['paused', 0],
      1,
      null,
    ]);
    expect([(await stored(a())).pause, await entries()]).toEqual([
      null,
      [
        ['tray', 'paused', 'a', `Paused until ${end}.`],
        ['automatic', 'resumed', 'a', 'The pause is over.'],
      ],
    ]);
  });

  test('without a time lasts until it is resumed', async () => {
    await accounts.pause(a(), {});
    world.time.advance(400 * 24 * HOUR);
    const during = read(a()).health;
    await accounts.resume(a());
    expect([during.state, during.until, read(a()).health.state]).toEqual(['paused', null, 'ready']);
  });

  test("until the reset ends with the plan's next reset, and is refused where none is known", async () => {
    learnWindows(a(), NOW + 3 * HOUR, NOW + 100 * HOUR);
    learnWindows(b(), NOW - 1_000, NOW + 100 * HOUR);
    await accounts.pause(a(), { untilReset: true });
    await accounts.pause(b(), { untilReset: true });
    expect([read(a()).pause, read(b()).pause]).toEqual([{ until: NOW + 3 * HOUR }, { until: NOW + 100 * HOUR }]);
    await expect(accounts.pause(c(), { untilReset: true })).rejects.toMatchObject({
      code: 'invalid_value',
      message: 'No reset of c is known. Pause it for a time instead.',
      param: 'untilReset',
    });
  });

  test('that is over before Relay starts again is ended then', async () => {
    await accounts.pause(a(), { forMs: HOUR });
    accounts.close();
    world.clock.advance(2 * HOUR);
    const later = await world.open();
    expect(later.views()[0]?.health.state).toBe('ready');
    world.time.advance(0);
    const [entry] = (await later.audit.list({ limit: 1 })).entries;
    expect([entry?.detail, later.views()[0]?.pause]).toEqual(['The pause is over.', null]);
  });

  test('again while it ends by itself is the one that holds, here and on disk', async () => {
    await accounts.pause(a(), { forMs: 1_000 });
    world.time.advance(1_000);
    await accounts.pause(a(), { forMs: HOUR });
    await accounts.settled();
    expect([read(a()).pause, (await stored(a())).pause]).toEqual([
      { until: NOW + 1_000 + HOUR },
      { until: NOW + 1_000 + HOUR },
    ]);
  });
});

describe('a pin', () => {
  test('is of one account: pinning another unpins the first', async () => {
    await accounts.as('cli').pin(a(), HOUR);
    await accounts.as('cli').pin(b(), HOUR);
    const end = formatClockTime(NOW + HOUR, NOW);
    expect([read(a()).pinnedUntil, read(b()).pinnedUntil, (await stored(a())).pinnedUntil]).toEqual([
      null,
      NOW + HOUR,
      null,
    ]);
    expect(await entries()).toEqual([
      ['cli', 'pinned', 'a', `All calls go here until ${end}.`],
      ['cli', 'pinned', 'b', `All calls go here until ${end}.`],
      ['cli', 'unpinned', 'a', 'Unpinned, because b was pinned.'],
    ]);
  });

  test('two at once leave one', async () => {
    await Promise.all([accounts.pin(a(), HOUR), accounts.pin(b(), HOUR), accounts.pin(c(), HOUR)]);
    const pinned = (views: readonly AccountView[]) => views.filter((view) => view.pinnedUntil !== null);
    expect(pinned(accounts.views()).map(({ label }) => label)).toEqual(['c']);
    expect(pinned(await restarted()).map(({ label }) => label)).toEqual(['c']);
  });

  test('ends by itself and is told when it does', async () => {
    let told = 0;
    await accounts.pin(a(), HOUR);
    accounts.onChange(() => {
      told += 1;
    });
    world.time.advance(HOUR);
    await accounts.settled();
    expect([read(a()).pinnedUntil, (await stored(a())).pinnedUntil, told, (await entries()).at(-1)]).toEqual([
      null,
      null,
      1,
      ['automatic', 'unpinned', 'a', 'The pin is over.'],
    ]);
  });
});

describe('a rest', () => {
  test('by hand lasts until the next reset, over restarts, and no answer of the upstream ends it', async () => {
    learnWindows(a(), NOW + 3 * HOUR, NOW + 100 * HOUR);
    const view = await accounts.as('dashboard').restUntilReset(a());
    accounts.clearRest(a(), 'codex');
    const end = formatClockTime(NOW + 3 * HOUR, NOW);
    const health = { state: 'resting', reason: `Resting until ${end}: you asked for it.`, until: NOW + 3 * HOUR };
    expect([view.health, read(a()).health, (await stored(a())).health]).toEqual([health, health, health]);
    world.time.advance(3 * HOUR);
    expect([read(a()).health.state, await entries()]).toEqual([
      'ready',
      [
        ['dashboard', 'rest-begun', 'a', `Resting until ${end}.`],
        ['automatic', 'rest-ended', 'a', 'The rest is over.'],
      ],
    ]);
  });

  test('is ended by hand with all others and with the models that were refused', async () => {
    accounts.rest(a(), 'codex', NOW + HOUR, 'The account has reached its limit.');
    accounts.rest(a(), 'bengalfox', NOW + 2 * HOUR, 'Spent.');
    accounts.lacksModel(a(), 'gpt-6-sol', NOW + HOUR);
    const before = read(a());
    const after = await accounts.as('cli').wake(a());
    const [first, second] = [formatClockTime(NOW + HOUR, NOW), formatClockTime(NOW + 2 * HOUR, NOW)];
    const told = [`Resting until ${first}. The account has reached its limit.`, `Resting until ${second}. Spent.`];
    expect([before.health.reason, before.restingFamilies, before.lackingModels]).toEqual([
      told[0],
      [{ family: 'bengalfox', until: NOW + 2 * HOUR, reason: told[1] }],
      [{ model: 'gpt-6-sol', until: NOW + HOUR }],
    ]);
    expect([after.health.state, after.restingFamilies, after.lackingModels]).toEqual(['ready', [], []]);
    expect([(await stored(a())).health.state, await entries()]).toEqual([
      'ready',
      [
        ['automatic', 'rest-begun', 'a', told[0]],
        ['automatic', 'rest-begun', 'a', told[1]],
        ['cli', 'rest-ended', 'a', `Tried again now. ${told.join(' ')} Refused models: gpt-6-sol.`],
      ],
    ]);
  });

  test('of the upstream is an entry when it begins and when it ends; one of seconds is none', async () => {
    accounts.rest(a(), 'codex', NOW + 7_000, 'Slow down.');
    world.time.advance(7_000);
    accounts.rest(b(), 'codex', NOW + HOUR, 'Spent.');
    accounts.rest(b(), 'codex', NOW + HOUR + 1_000, 'Spent.');
    world.time.advance(2 * HOUR);
    expect([await entries(), read(b()).health.state]).toEqual([
      [
        ['automatic', 'rest-begun', 'b', `Resting until ${formatClockTime(NOW + HOUR, NOW)}. Spent.`],
        ['automatic', 'rest-ended', 'b', 'The rest is over.'],
      ],
      'ready',
    ]);
  });

  test('that ends by itself, and a model that may be asked for again, are told', async () => {
    let told = 0;
    accounts.rest(a(), 'codex', NOW + 7_000, 'Slow down.');
    accounts.lacksModel(b(), 'gpt-6-sol', NOW + 9_000);
    accounts.onChange(() => {
      told += 1;
    });
    world.time.advance(7_000);
    await accounts.settled();
    const first = told;
    world.time.advance(2_000);
    await accounts.settled();
    expect([first, told, accounts.get(a())?.rests.size, read(b()).health.state]).toEqual([1, 2, 0, 'ready']);
  });
});

describe('a slow disk', () => {
  /** The registry on a database whose writes wait until they are let through. */
  const slowly = async () => {
    let gate = Promise.resolve();
    let waiting = 0;
    const database = {
      all: world.database.all,
      async run(statements: Parameters<typeof world.database.run>[0]) {
        waiting += 1;
        await gate;
        waiting -= 1;
        await world.database.run(statements);
      },
    };
    const slow = await world.open({ database });
    const hold = (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    };
    return { slow, hold, waiting: () => waiting };
  };

  test('does not write what was learned before over what a person decided after', async () => {
    const { slow, hold } = await slowly();
    const release = hold();
    slow.rest(b(), 'codex', NOW + HOUR, 'Spent.');
    await Promise.resolve();
    slow.rest(a(), 'codex', NOW + HOUR, 'Spent.');
    const woken = slow.wake(a());
    release();
    expect((await woken).health.state).toBe('ready');
    await slow.settled();
    slow.close();
    expect((await stored(a())).health.state).toBe('ready');
  });

  test('does not end a pause that is being made longer at that moment', async () => {
    const { slow, hold, waiting } = await slowly();
    await slow.pause(a(), { forMs: 1_000 });
    const release = hold();
    const longer = slow.pause(a(), { forMs: HOUR });
    await vi.waitUntil(() => waiting() === 1);
    world.time.advance(1_000);
    release();
    await longer;
    await slow.settled();
    slow.close();
    expect([slow.views()[0]?.pause, (await stored(a())).pause]).toEqual([{ until: NOW + HOUR }, { until: NOW + HOUR }]);
  });
});
