import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accounts } from '../../../src-main/accounts/accounts.ts';
import { createWorld, HOUR, NOW, type World } from './accounts-under-test.ts';

let world: World;
let accounts: Accounts;
beforeEach(async () => {
  world = await createWorld();
  accounts = world.accounts;
});
afterEach(() => world.database.close());

describe('what calls teach', () => {
  test.each([
    ['in the past', NOW - 1],
    ['now', NOW],
    ['in the year 9999', Date.UTC(9999, 0)],
    ['not a number', Number.NaN],
  ])('a rest that would end %s is 30 s', async (_, until) => {
    const { id } = await world.importAda();
    accounts.rest(id, 'codex', until, 'limit');
    expect(accounts.get(id)?.rests).toEqual(
      new Map([['codex', { until: NOW + 30_000, reason: 'limit', byPerson: false, since: NOW }]]),
    );
  });

  test('a rest never gets shorter, belongs to its family, and ends when it is cleared', async () => {
    const { id } = await world.importAda();
    accounts.rest(id, 'codex', NOW + HOUR, 'long');
    accounts.rest(id, 'codex', NOW + 1_000, 'short');
    expect(accounts.get(id)?.rests.get('codex')).toEqual({
      until: NOW + HOUR,
      reason: 'long',
      byPerson: false,
      since: NOW,
    });
    accounts.rest(id, 'codex-other', NOW + 2_000, 'other');
    accounts.clearRest(id, 'codex');
    await accounts.settled();
    expect((await world.open()).get(id)?.rests).toEqual(
      new Map([['codex-other', { until: NOW + 2_000, reason: 'other', byPerson: false, since: NOW }]]),
    );
    expect(accounts.views()[0]?.health).toEqual({ state: 'ready', reason: 'Ready.', until: null });
  });

  test('a window that the upstream no longer names is forgotten once its time is over', async () => {
    const { id } = await world.importAda();
    accounts.recordHeaders(id, {
      'x-codex-primary-used-percent': '100',
      'x-codex-primary-window-minutes': '300',
      'x-codex-secondary-used-percent': '10',
      'x-codex-secondary-window-minutes': '10080',
    });
    world.clock.advance(5 * HOUR);
    accounts.recordHeaders(id, { 'x-codex-primary-used-percent': '11', 'x-codex-primary-window-minutes': '10080' });
    await accounts.settled();
    expect(accounts.views()[0]?.windows.map((window) => [window.name, window.usedPercent])).toEqual([['weekly', 11]]);
    expect((await world.open()).views()[0]?.windows).toEqual(accounts.views()[0]?.windows);
  });

  test('an event of the stream counts like headers', async () => {
    const { id } = await world.importAda();
    const event = {
      type: 'codex.rate_limits',
      plan_type: 'team',
      rate_limits: { primary: { used_percent: 40, window_minutes: 300, reset_at: (NOW + HOUR) / 1_000 } },
    };
    accounts.recordEvent(id, Buffer.from(JSON.stringify(event)));
    accounts.recordEvent(id, Buffer.from('{"broken'));
    expect(accounts.views()[0]).toMatchObject({
      plan: 'team',
      windows: [{ family: 'codex', lengthMs: 5 * HOUR, usedPercent: 40, source: 'event' }],
    });
  });

  test('calls go on when the database does not take what they teach', async () => {
    const { id } = await world.importAda();
    const failures: unknown[] = [];
    const deaf = await world.open({
      database: { ...world.database, run: async () => Promise.reject(new Error('disk full')) },
      storageFailed: (error) => failures.push(error),
    });
    deaf.rest(id, 'codex', NOW + HOUR, 'limit');
    await deaf.settled();
    expect([deaf.views()[0]?.health.state, failures]).toEqual(['resting', [new Error('disk full')]]);
  });

  test('many readings while one is being written become one more transaction', async () => {
    let transactions = 0;
    const counted = await world.open({
      database: {
        all: world.database.all,
        run: async (statements) => {
          transactions += 1;
          await world.database.run(statements);
        },
      },
    });
    const { id } = await counted.addApiKey({ apiKey: 'sk-1', wire: 'chat' });
    transactions = 0;
    for (let percent = 0; percent < 100; percent += 1) {
      counted.recordHeaders(id, {
        'x-codex-primary-used-percent': String(percent),
        'x-codex-primary-window-minutes': '300',
      });
    }
    await counted.settled();
    const [row] = await world.database.all('SELECT used_percent FROM windows');
    expect([transactions, row]).toEqual([1, { used_percent: 99 }]);
  });

  test('offers what is known of the models of accounts that are switched on', async () => {
    const login = await world.importAda();
    const key = await accounts.addApiKey({ apiKey: 'sk', wire: 'chat', baseUrl: 'https://models.example.com/v1' });
    const off = await accounts.addApiKey({ apiKey: 'sk-off', wire: 'chat' });
    await accounts.setEnabled(off.id, false);
    accounts.setModels(login.id, [{ slug: 'gpt-5.5', info: { slug: 'gpt-5.5' } }]);
    accounts.setModels(key.id, [{ slug: 'local', info: null }]);
    accounts.lacksModel(login.id, 'gpt-6-astra', NOW + HOUR);
    expect(accounts.modelLists()).toEqual([
      { ownedBy: 'openai', models: [{ slug: 'gpt-5.5', info: { slug: 'gpt-5.5' } }] },
      { ownedBy: 'models.example.com', models: [{ slug: 'local', info: null }] },
    ]);
    expect(accounts.get(login.id)?.unsupported).toEqual(new Map([['gpt-6-astra', NOW + HOUR]]));
  });
});
