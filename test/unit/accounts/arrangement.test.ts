import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accounts } from '../../../src-main/accounts/accounts.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import { addKeys, createWorld, type World } from './accounts-under-test.ts';
import { ada, loginFile } from './login-file.ts';

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
describe('settings of an account', () => {
  test('change together, durably, and are told in words', async () => {
    const view = await accounts
      .as('dashboard')
      .edit(a(), { label: '  Work\n', policy: 'reserve', maxConcurrency: 4, color: '#3366ff' });
    expect([view, await stored(a())]).toEqual([
      { ...view, label: 'Work', policy: 'reserve', maxConcurrency: 4, color: '#3366ff' },
      view,
    ]);
    expect(await entries()).toEqual([
      [
        'dashboard',
        'changed',
        'Work',
        'Label: Work (was a). Policy: keep in reserve (was normal). Calls at once: 4 (was no limit). Colour: #3366ff (was none).',
      ],
    ]);
  });

  test('a label that another account has gets a number, and one that cannot be seen is refused', async () => {
    expect((await accounts.edit(a(), { label: 'b' })).label).toBe('b 2');
    await expect(accounts.edit(a(), { label: '\u202e \n' })).rejects.toMatchObject({
      code: 'invalid_value',
      message: 'A label needs a character that can be seen.',
      param: 'label',
    });
  });
});

describe('the order', () => {
  const labels = (views: readonly AccountView[]) => views.map(({ label }) => label).join('');

  test('is set as a whole or in part, and is the same after a restart', async () => {
    const whole = await accounts.as('cli').order([c(), a(), b()]);
    const part = await accounts.as('cli').order([b()]);
    expect([labels(whole), labels(part), labels(await restarted()), await entries()]).toEqual([
      'cab',
      'bca',
      'bca',
      [
        ['cli', 'ordered', null, 'The order is now: c, a, b.'],
        ['cli', 'ordered', null, 'The order is now: b, c, a.'],
      ],
    ]);
  });

  test('one is moved before or behind another; behind itself it stays', async () => {
    const before = await accounts.move(c(), { before: a() });
    const after = await accounts.move(c(), { after: b() });
    const itself = await accounts.move(b(), { after: b() });
    expect([before, after, itself].map(labels)).toEqual(['cab', 'abc', 'abc']);
  });

  test('a name given twice or unknown is refused and changes nothing', async () => {
    await expect(accounts.order([a(), b(), a()])).rejects.toMatchObject({
      code: 'invalid_value',
      message: 'The account a is named twice.',
      param: 'ids',
    });
    await expect(accounts.order([b(), 'acc_9'])).rejects.toMatchObject({ code: 'not_found' });
    await expect(accounts.move(a(), { before: 'acc_9' })).rejects.toMatchObject({ code: 'not_found' });
    expect(labels(accounts.views())).toBe('abc');
  });

  test('an account that comes later is last', async () => {
    await accounts.order([c(), b(), a()]);
    await accounts.addApiKey({ apiKey: 'sk-d', wire: 'responses', label: 'd' });
    expect(labels(accounts.views())).toBe('cbad');
  });

  test('however it was changed, every account is in it once, on disk as in memory', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('order'), list: fc.shuffledSubarray([0, 1, 2], { minLength: 1 }) }),
      fc.record({
        kind: fc.constant('move'),
        list: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1)).map((each) => [...each]),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        for (const { kind, list } of steps) {
          const [first = 0, second = 0, where = 0] = list;
          if (kind === 'order') await accounts.order(list.map((index) => ids[index]!));
          else await accounts.move(ids[first]!, where === 0 ? { before: ids[second]! } : { after: ids[second]! });
        }
        const now = accounts.views().map(({ id }) => id);
        expect([...now].sort()).toEqual([...ids].sort());
        expect((await restarted()).map(({ id }) => id)).toEqual(now);
      }),
      { numRuns: 50 },
    );
  });
});

describe('coming and going', () => {
  test('an account that is added, added again and deleted leaves its story behind', async () => {
    await world.importAda('/a/auth.json');
    await accounts.as('dashboard').importAuthJson({ content: loginFile(ada), acceptShared: true });
    await accounts.as('cli').remove(a());
    const list = (await accounts.audit.list({ limit: 50 })).entries.reverse();
    expect(list.map(({ actor, what, accountLabel, detail }) => [actor, what, accountLabel, detail]).slice(2)).toEqual([
      ['automatic', 'added', 'c', 'Added as an API key of the OpenAI API.'],
      ['automatic', 'imported', 'ada@example.test', 'Imported from /a/auth.json.'],
      [
        ...['dashboard', 'imported', 'ada@example.test'],
        'Imported from an auth.json. It was there already and was brought up to date.',
      ],
      ['cli', 'deleted', 'a', 'Deleted, and its secret with it.'],
    ]);
  });
});
