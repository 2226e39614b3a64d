import { beforeEach, expect, test } from 'vitest';
import { createSettings, readOverrides, type SettingsDatabase } from '../../../src-main/config/settings-store.ts';
import { settingsSchema } from '../../../src-shared/contract/settings.ts';

/** Keeps rows as the ledger does: upsert by name, all statements or none. */
function memoryDatabase(rows: Record<string, string> = {}) {
  const stored = new Map(Object.entries(rows));
  const writes: string[][] = [];
  const failure: { next: Error | null } = { next: null };
  const database: SettingsDatabase = {
    all: async () => [...stored].map(([name, value]) => ({ name, value })),
    run: async (statements) => {
      await Promise.resolve();
      if (failure.next !== null) throw failure.next;
      writes.push(statements.map(({ params }) => String(params?.[0])));
      for (const { params } of statements) stored.set(String(params?.[0]), String(params?.[1]));
    },
  };
  return { database, stored, writes, failure };
}

const defaults = settingsSchema.parse({});
let memory: ReturnType<typeof memoryDatabase>;
beforeEach(() => {
  memory = memoryDatabase();
});

test('an empty table gives the defaults', async () => {
  const settings = await createSettings(memory);
  expect(settings.all()).toEqual(defaults);
  expect(settings.get('routing.maxAttempts')).toBe(3);
});

test('a patch changes and stores the given names only', async () => {
  const settings = await createSettings(memory);
  await settings.patch({ 'routing.splice': 'off' });
  const after = await settings.patch({ 'timeouts.connectMs': 250 });
  expect(after).toEqual({ ...defaults, 'routing.splice': 'off', 'timeouts.connectMs': 250 });
  expect(Object.fromEntries(memory.stored)).toEqual({ 'routing.splice': '"off"', 'timeouts.connectMs': '250' });
});

test('what was stored is there at the next start', async () => {
  const first = await createSettings(memory);
  await first.patch({ 'hosts.allowed': ['relay.lan'], 'models.aliases': { fast: 'gpt-5.5-low' } });
  const second = await createSettings(memory);
  expect(second.all()).toEqual(first.all());
});

test.each([
  [{ 'timeouts.connectMs': 5 }, 'The setting timeouts.connectMs cannot be that'],
  [{ 'timeouts.connectMs': '500' }, 'The setting timeouts.connectMs cannot be that'],
  [{ 'routing.splice': null }, 'The setting routing.splice cannot be that'],
  [{ 'routing.splice': undefined }, 'The setting routing.splice cannot be that: it has no value.'],
  [{ 'no.such': 1 }, 'There is no setting no.such.'],
  [{ constructor: 1 }, 'There is no setting constructor.'],
])('the patch %o is refused and nothing changes', async (patch, message) => {
  const settings = await createSettings(memory);
  const refused = settings.patch({ 'routing.maxAttempts': 2, ...patch });
  await expect(refused).rejects.toMatchObject({ code: 'invalid_value', message: expect.stringContaining(message) });
  expect(settings.all()).toEqual(defaults);
  expect(memory.writes).toEqual([]);
});

test('a patch that cannot be stored changes nothing and does not block the next one', async () => {
  const settings = await createSettings(memory);
  memory.failure.next = new Error('disk full');
  await expect(settings.patch({ 'routing.maxAttempts': 2 })).rejects.toThrow('disk full');
  expect(settings.get('routing.maxAttempts')).toBe(3);
  memory.failure.next = null;
  await settings.patch({ 'routing.maxAttempts': 4 });
  expect(settings.get('routing.maxAttempts')).toBe(4);
});

test('patches made at once are applied in their order and announced with the names that changed', async () => {
  const settings = await createSettings(memory);
  const heard: unknown[] = [];
  const stop = settings.onChange((all, changed) => heard.push([changed, all['routing.maxAttempts']]));
  await Promise.all([
    settings.patch({ 'routing.maxAttempts': 5 }),
    settings.patch({ 'routing.maxAttempts': 6, 'routing.holdMs': 0 }),
    settings.patch({}),
  ]);
  stop();
  await settings.patch({ 'routing.maxAttempts': 7 });
  expect(heard).toEqual([
    [['routing.maxAttempts'], 5],
    [['routing.maxAttempts', 'routing.holdMs'], 6],
  ]);
  expect(memory.writes).toEqual([
    ['routing.maxAttempts'],
    ['routing.maxAttempts', 'routing.holdMs'],
    ['routing.maxAttempts'],
  ]);
});

test('rows that this version does not know or accept are left alone and read as the default', async () => {
  const rows = { 'routing.maxAttempts': '99', 'routing.holdMs': '{', 'from.theFuture': '1', 'breaker.openMs': '20' };
  memory = memoryDatabase(rows);
  const settings = await createSettings(memory);
  expect(settings.all()).toEqual({ ...defaults, 'breaker.openMs': 20 });
  expect(Object.fromEntries(memory.stored)).toEqual(rows);
});

test('an override wins over what is stored, is not stored, and gives way to a later patch', async () => {
  memory = memoryDatabase({ 'routing.maxAttempts': '2' });
  const settings = await createSettings({ ...memory, overrides: { 'routing.maxAttempts': 9 } });
  expect(settings.get('routing.maxAttempts')).toBe(9);
  expect(memory.stored.get('routing.maxAttempts')).toBe('2');
  await settings.patch({ 'routing.maxAttempts': 4 });
  expect(settings.get('routing.maxAttempts')).toBe(4);
});

test('overrides are typed by their setting', () => {
  const pairs = [
    'timeouts.connectMs=500',
    'routing.splice=off',
    'hosts.allowed=["a.lan","b.lan"]',
    'models.aliases={"a=b":"gpt-5.5"}',
  ];
  expect(readOverrides(pairs)).toEqual({
    'timeouts.connectMs': 500,
    'routing.splice': 'off',
    'hosts.allowed': ['a.lan', 'b.lan'],
    'models.aliases': { 'a=b': 'gpt-5.5' },
  });
});

test.each([
  'timeouts.connectMs',
  '=5',
  'timeouts.connectMs=',
  'timeouts.connectMs=soon',
  'timeouts.connectMs=1.5',
  'routing.splice=maybe',
  'no.such=1',
])('the override %s is refused', (pair) => {
  expect(() => readOverrides([pair])).toThrow(expect.objectContaining({ code: 'invalid_value' }));
});
