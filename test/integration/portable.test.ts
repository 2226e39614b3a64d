import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Portable } from '../../src-shared/contract/portable.ts';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { tempFolder } from '../unit/ledger/temp-folder.ts';

const started: RunningRelay[] = [];
afterEach(async () => {
  for (const running of started.splice(0)) await running.stop();
});

async function start(names: readonly string[] = ['a', 'b']) {
  const running = await startRelay({ accounts: names.map((name) => ({ name, kind: 'chatgpt' as const })) });
  started.push(running);
  const api = (method: string, path: string, body?: unknown) =>
    rawCall(running.url, {
      ...{ method, path: `/api${path}` },
      headers: { authorization: `Bearer ${running.apiToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const exported = async (): Promise<Portable> => JSON.parse((await api('GET', '/export')).text);
  const ask = (secret: string) =>
    rawCall(running.url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
    });
  /** Everything that an import could change. */
  const state = async () => ({ ...(await exported()), exportedAt: 0 });
  return { ...running, api, exported, state, ask };
}

/** A Relay in which a person has set up something of everything. */
async function furnished() {
  const running = await start();
  const { relay } = running;
  const [a, b] = relay.accounts.list();
  const cli = relay.accounts.as('cli');
  await cli.edit(a!.id, { policy: 'reserve', maxConcurrency: 3, color: '#aabbcc' });
  await cli.order([b!.id, a!.id]);
  await cli.setEnabled(b!.id, false);
  await relay.settings.patch({ 'routing.holdMs': 1_234, 'capture.redact': ['Acme'] });
  const made = await relay.keys.create({ name: 'ci', project: 'site', accounts: [a!.id], requestsPerMinute: 600 });
  const gone = await relay.keys.create({ name: 'gone' });
  await relay.keys.revoke(gone.key.id);
  await relay.budgets.create({ scope: 'key', subject: made.key.id, unit: 'tokens', period: 'day', limit: 5_000 });
  await relay.budgets.create({ scope: 'member', subject: 'ada', unit: 'cost', period: 'month', limit: 9_000_000 });
  return { ...running, made };
}

describe('export and import', () => {
  test('carries settings, accounts’ policies and order, keys that go on working, and budgets; never a secret', async () => {
    const from = await furnished();
    const file = await from.exported();
    const text = JSON.stringify(file);
    for (const secret of [from.made.secret, from.key, from.apiToken, 'eyJ', 'refresh'])
      expect(text).not.toContain(secret);
    expect(file).toMatchObject({
      format: 'relay-settings',
      version: 1,
      settings: { 'routing.holdMs': 1_234, 'capture.redact': ['Acme'] },
      accounts: [
        { label: 'b', kind: 'chatgpt', enabled: false, policy: 'normal', maxConcurrency: null, color: null },
        { label: 'a', kind: 'chatgpt', enabled: true, policy: 'reserve', maxConcurrency: 3, color: '#aabbcc' },
      ],
      keys: [{ name: 'test' }, { name: 'ci', project: 'site', accounts: ['a'], requestsPerMinute: 600 }],
    });

    const to = await start(['a', 'b']);
    const before = await to.state();
    const plan = JSON.parse((await to.api('POST', '/import?dryRun=1', file)).text);
    expect([plan, await to.state()]).toEqual([
      {
        done: false,
        settings: ['routing.holdMs', 'capture.redact'],
        accounts: { changed: ['a', 'b'], missing: [] },
        keys: { added: ['test', 'ci'], changed: [] },
        budgets: { added: 2, changed: 0 },
      },
      before,
    ]);

    const done = JSON.parse((await to.api('POST', '/import', file)).text);
    expect(done).toEqual({ ...plan, done: true });
    const after = await to.state();
    const own = before.keys[0]!;
    expect({ ...after, keys: after.keys.filter(({ id }) => id !== own.id) }).toEqual({ ...file, exportedAt: 0 });
    expect(to.relay.accounts.list().map(({ label }) => label)).toEqual(['b', 'a']);
    expect((await to.ask(from.made.secret)).status, 'the key works here').toBe(200);
    expect((await to.relay.accounts.audit.list({ limit: 10 })).entries.map(({ what }) => what)).toContain('changed');

    const again = JSON.parse((await to.api('POST', '/import', file)).text);
    expect(again).toEqual({
      ...{ done: true, settings: [], accounts: { changed: [], missing: [] } },
      ...{ keys: { added: [], changed: [] }, budgets: { added: 0, changed: 0 } },
    });
    expect(await to.state(), 'nothing is doubled').toEqual(after);
  });

  test('is written to the database, and says which accounts are to be signed in first', async () => {
    const from = await furnished();
    const file = await from.exported();
    const to = await start(['b']);
    const done = JSON.parse((await to.api('POST', '/import', file)).text);
    expect(done.accounts).toEqual({ changed: ['b'], missing: ['a'] });
    const stored = await to.relay.ledger.database.all(
      "SELECT name, requests_per_minute AS rpm FROM keys WHERE name = 'ci'",
    );
    const settings = await to.relay.ledger.database.all("SELECT value FROM settings WHERE name = 'routing.holdMs'");
    const budgets = await to.relay.ledger.database.all('SELECT count(*) AS n FROM budgets');
    expect([stored, settings, budgets]).toEqual([[{ name: 'ci', rpm: 600 }], [{ value: '1234' }], [{ n: 2 }]]);
  });

  test('a key that was taken back here stays so, one that was rotated keeps the secret it has, other fields follow', async () => {
    const { relay, exported, api, made, ask } = await furnished();
    const file = await exported();
    const fresh = await relay.keys.rotate(made.key.id, 0);
    await relay.keys.change(made.key.id, { name: 'renamed' });
    await relay.keys.revoke(relay.keys.list().find(({ name }) => name === 'test')!.id);
    const done = JSON.parse((await api('POST', '/import', file)).text);
    expect([done.keys, (await ask(fresh.secret)).status, (await ask(made.secret)).status]).toEqual([
      { added: [], changed: ['renamed'] },
      200,
      401,
    ]);
    expect(relay.keys.list().map(({ name, revokedAt }) => [name, revokedAt !== null])).toEqual([
      ['test', true],
      ['ci', false],
      ['gone', true],
    ]);
  });

  test.each<[string, (file: Portable) => unknown, RegExp]>([
    ['another program’s', () => ({ hello: 'there' }), /^This is no file of relay export/],
    ['no object', () => [1, 2], /^This is no file of relay export/],
    ['a newer one', (file) => ({ ...file, version: 2, extra: 1 }), /made by a newer version of Relay/],
    ['one with a field that is not known', (file) => ({ ...file, extra: 1 }), /cannot be used/],
    ['one with an unknown setting', (file) => ({ ...file, settings: { 'no.such': 1 } }), /no setting no\.such/],
    [
      'one with a setting out of bounds',
      (file) => ({ ...file, settings: { 'routing.holdMs': -5 } }),
      /routing\.holdMs/,
    ],
    ['one with a key twice', (file) => ({ ...file, keys: [...file.keys, ...file.keys] }), /twice/],
    [
      'one with a damaged digest',
      (file) => ({ ...file, keys: [{ ...file.keys[0]!, digest: 'x' }] }),
      /keys\.0\.digest/,
    ],
    ['one with a budget twice', (file) => ({ ...file, budgets: [...file.budgets, ...file.budgets] }), /twice/],
  ])('%s file is refused in one sentence, and nothing is changed', async (_, spoil, sentence) => {
    const { exported, state, api } = await furnished();
    const file = await exported();
    const before = await state();
    // Good changes come along: they may not be made either.
    const spoilt = spoil({
      ...file,
      settings: { 'routing.holdMs': 7 },
      budgets: file.budgets.map((b) => ({ ...b, limit: 77 })),
    });
    const { status, text } = await api('POST', '/import', spoilt);
    expect([status, JSON.parse(text).error.message]).toEqual([400, expect.stringMatching(sentence)]);
    expect(await state()).toEqual(before);
  });

  test('what the database refuses is not half there, in it or in memory', async () => {
    const { exported, state, relay, api } = await furnished();
    const file = await exported();
    const before = await state();
    await relay.ledger.database.run([
      { sql: "CREATE TRIGGER full BEFORE INSERT ON budgets BEGIN SELECT RAISE(ABORT, 'the disk is full'); END" },
    ]);
    const budgets = [...file.budgets, { ...file.budgets[1]!, subject: 'zoë' }];
    const { status } = await api('POST', '/import', { ...file, settings: { 'routing.holdMs': 1 }, budgets });
    expect([status, await state()]).toEqual([500, before]);
    const stored = await relay.ledger.database.all("SELECT value FROM settings WHERE name = 'routing.holdMs'");
    expect(stored).toEqual([{ value: '1234' }]);
  });

  test('no file, whatever is in it, breaks anything: it is taken whole or refused whole', {
    timeout: 60_000,
  }, async () => {
    const { exported, relay } = await furnished();
    const file = await exported();
    const junk = fc.jsonValue({ maxDepth: 2 });
    const spoilt = fc.oneof(
      junk,
      fc.record({
        format: fc.constant('relay-settings'),
        version: fc.constantFrom(0, 1, 2, '1'),
        settings: junk,
        keys: junk,
      }),
      fc.tuple(fc.constantFrom(...Object.keys(file)), junk).map(([name, value]) => ({ ...file, [name]: value })),
      fc.tuple(fc.constantFrom(...Object.keys(file.keys[0]!)), junk).map(([name, value]) => ({
        ...file,
        settings: { 'routing.holdMs': 5 },
        keys: [{ ...file.keys[0]!, [name]: value }],
      })),
      fc.tuple(fc.constantFrom('label', 'policy', 'color', 'maxConcurrency'), junk).map(([name, value]) => ({
        ...file,
        settings: { 'routing.holdMs': 6 },
        accounts: [{ ...file.accounts[0]!, [name]: value }],
      })),
    );
    const whole = () => JSON.stringify({ ...relay.portability.exportSettings(), exportedAt: 0 });
    await fc.assert(
      fc.asyncProperty(spoilt, async (given) => {
        const before = whole();
        const outcome = await relay.portability.importSettings(given, { dryRun: false, by: 'api' }).then(
          (plan) => plan.done,
          (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
        );
        if (outcome === true) return;
        expect(['invalid_value', 'invalid_type']).toContain(outcome);
        expect(whole()).toBe(before);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a backup', () => {
  test('is whole, checked and private, made while calls come and under a reader; it takes no other file’s place', async () => {
    const { relay, ask, key } = await start();
    await Promise.all(Array.from({ length: 10 }, () => ask(key)));
    const folder = tempFolder();
    const path = join(folder, 'copy.db');
    let running = true;
    const traffic = (async () => {
      while (running) await ask(key);
    })();
    const made = await relay.portability.backUp(path);
    running = false;
    await traffic;
    const copy = new Sqlite(path, { readonly: true });
    const stored = copy.prepare("SELECT count(*) FROM calls WHERE status = 'ok'").pluck().get();
    const finding = copy.pragma('integrity_check', { simple: true });
    copy.close();
    expect([finding, Number(stored) >= 10, made.bytes, statSync(path).mode & 0o777, readdirSync(folder)]).toEqual([
      'ok',
      true,
      statSync(path).size,
      0o600,
      ['copy.db'],
    ]);
    writeFileSync(path, 'mine');
    await expect(relay.portability.backUp(path)).rejects.toMatchObject({ code: 'conflict' });
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['mine', ['copy.db']]);
  });

  test('over the API is a database, and nothing of it stays behind', async () => {
    const { relay, ask, key, url, apiToken } = await start();
    await ask(key);
    const response = await fetch(`${url}/api/backup`, { headers: { authorization: `Bearer ${apiToken}` } });
    const bytes = Buffer.from(await response.arrayBuffer());
    const path = join(tempFolder(), 'copy.db');
    writeFileSync(path, bytes);
    const copy = new Sqlite(path, { readonly: true });
    expect(copy.prepare('SELECT count(*) FROM calls').pluck().get()).toBe(1);
    copy.close();
    const logs = join(relay.status().dataDir, 'logs');
    await expect.poll(() => readdirSync(logs).filter((name) => name.startsWith('backup-'))).toEqual([]);
    expect(existsSync(logs)).toBe(true);
  });
});
