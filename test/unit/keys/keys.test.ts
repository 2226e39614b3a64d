import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createKeys, type Keys } from '../../../src-main/keys/keys.ts';
import type { Database } from '../../../src-main/ledger/database.ts';
import { openLedger } from '../../../src-main/ledger/ledger.ts';

// Each opening of a ledger starts two threads, which takes its time on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

interface House {
  readonly keys: Keys;
  readonly database: Database;
  readonly dataDir: string;
  now: number;
  /** The same keys read anew from the database, as after a restart. */
  restarted(): Promise<Keys>;
}

async function house(): Promise<House> {
  const dataDir = mkdtempSync(join(tmpdir(), 'relay-keys-'));
  const clock = { now: () => self.now, monotonic: () => self.now };
  let drawn = 0;
  const randomBytes = (length: number): Uint8Array => {
    drawn += 1;
    return createHash('sha512').update(`draw ${drawn}`).digest().subarray(0, length);
  };
  const ledger = await openLedger({ dataDir, clock: { now: () => 0, monotonic: () => 0 } });
  onTestFinished(async () => {
    await ledger.close();
    rmSync(dataDir, { recursive: true });
  });
  const ports = { database: ledger.database, clock, randomBytes };
  const self: House = {
    keys: await createKeys(ports),
    database: ledger.database,
    dataDir,
    now: 1_000,
    restarted: () => createKeys(ports),
  };
  return self;
}

it('a key is shown once, works at once and after a restart, and tells who it is', async () => {
  const { keys, restarted } = await house();
  const created = await keys.create({ name: 'laptop', project: 'site', models: ['gpt-5'], accounts: null });
  expect(created.secret).toMatch(/^sk-relay-[A-Za-z0-9_-]{43}$/);
  expect(created.key).toEqual({
    id: expect.stringMatching(/^key_[0-9a-f]{24}$/),
    name: 'laptop',
    prefix: created.secret.slice(0, 12),
    project: 'site',
    member: null,
    models: ['gpt-5'],
    accounts: null,
    requestsPerMinute: null,
    tokensPerMinute: null,
    concurrency: null,
    maxOutputTokens: null,
    endpoints: null,
    effortCeiling: null,
    overflow: false,
    splice: null,
    capture: null,
    createdAt: 1_000,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    lastClient: null,
    previousUntil: null,
  });
  const identity = {
    id: created.key.id,
    name: 'laptop',
    project: 'site',
    member: null,
    models: ['gpt-5'],
    accounts: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, concurrency: null },
    maxOutputTokens: null,
    endpoints: null,
    effortCeiling: null,
    overflow: false,
    splice: null,
    capture: null,
  };
  expect(keys.authenticate(created.secret)).toEqual(identity);
  expect(keys.list()).toEqual([created.key]);
  const again = await restarted();
  expect(again.authenticate(created.secret)).toEqual(identity);
  expect(again.list()).toEqual([created.key]);
});

it('what a key may do changes at once, only as far as it is named, and after a restart too', async () => {
  const { keys, restarted } = await house();
  const { key, secret } = await keys.create({ name: 'laptop', splice: 'text' });
  const [first, second] = await Promise.all([
    keys.change(key.id, { overflow: true }),
    keys.change(key.id, { splice: 'off' }),
  ]);
  await keys.change(key.id, {});
  const changed = { ...key, overflow: true, splice: 'off' };
  expect([first, second]).toEqual([{ ...changed, splice: 'text' }, changed]);
  expect(keys.authenticate(secret)).toMatchObject({ overflow: true, splice: 'off' });
  const again = await restarted();
  expect([again.list(), again.authenticate(secret)]).toEqual([[changed], keys.authenticate(secret)]);
  await expect(keys.change('key_none', { overflow: true })).rejects.toMatchObject({ code: 'not_found' });
});

it('no secret is in any file of the data folder', async () => {
  const { keys, dataDir } = await house();
  const first = await keys.create({ name: 'one' });
  const second = await keys.rotate(first.key.id);
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('');
  expect(bytes).toContain(first.key.id);
  for (const { secret } of [first, second]) expect(bytes).not.toContain(secret.slice(12));
});

it('anything that is not a key is turned away without a throw: empty, long, control characters, SQL, near misses', async () => {
  const { keys } = await house();
  const { secret } = await keys.create({ name: 'laptop' });
  const wrong = [
    '',
    "' OR 1=1--",
    'x'.repeat(8_192),
    `sk-relay-${'a'.repeat(8_192)}`,
    'sk-relay-',
    `sk-relay-${'\u0000'.repeat(43)}`,
    `sk-relay-${'é'.repeat(43)}`,
    `${secret}\n`,
    ` ${secret}`,
    secret.slice(0, -1),
    secret.toUpperCase(),
    `sk-relay-${'a'.repeat(43)}`,
  ];
  for (const text of wrong) expect(keys.authenticate(text)).toBeNull();
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      expect(keys.authenticate(text)).toBeNull();
      expect(keys.authenticate(`sk-relay-${text}`)).toBeNull();
    }),
  );
  expect(keys.authenticate(secret)?.name).toBe('laptop');
});

it('with no keys at all nothing is let in', async () => {
  const { keys } = await house();
  for (const text of ['', 'null', 'undefined', `sk-relay-${'A'.repeat(43)}`])
    expect(keys.authenticate(text)).toBeNull();
});

it('an expired key is refused from the very millisecond on', async () => {
  const home = await house();
  const { secret } = await home.keys.create({ name: 'guest', expiresAt: 5_000 });
  home.now = 4_999;
  expect(home.keys.authenticate(secret)?.name).toBe('guest');
  home.now = 5_000;
  expect(home.keys.authenticate(secret)).toBeNull();
});

it('a revoked key is refused at once, before the database knows, and stays so after a restart', async () => {
  const home = await house();
  const { key, secret } = await home.keys.create({ name: 'laptop' });
  home.now = 2_000;
  const writing = home.keys.revoke(key.id);
  expect(home.keys.authenticate(secret)).toBeNull();
  expect(await writing).toEqual({ ...key, revokedAt: 2_000 });
  home.now = 3_000;
  expect(await home.keys.revoke(key.id)).toEqual({ ...key, revokedAt: 2_000 });
  const again = await home.restarted();
  expect(again.authenticate(secret)).toBeNull();
  expect(again.list()).toEqual([{ ...key, revokedAt: 2_000 }]);
});

it('after a rotation both secrets work during the grace, then only the new one, also across a restart', async () => {
  const home = await house();
  const old = await home.keys.create({ name: 'laptop', member: 'ann' });
  const fresh = await home.keys.rotate(old.key.id, 500);
  expect(fresh.secret).not.toBe(old.secret);
  expect(fresh.key).toEqual({ ...old.key, prefix: fresh.secret.slice(0, 12), previousUntil: expect.any(Number) });
  const again = await home.restarted();
  for (const keys of [home.keys, again]) {
    home.now = 1_499;
    expect([old, fresh].map(({ secret }) => keys.authenticate(secret)?.member)).toEqual(['ann', 'ann']);
    home.now = 1_500;
    expect([old, fresh].map(({ secret }) => keys.authenticate(secret)?.member)).toEqual([undefined, 'ann']);
  }
});

it('a second rotation ends the first secret, and revoking ends them all', async () => {
  const home = await house();
  const first = await home.keys.create({ name: 'laptop' });
  const second = await home.keys.rotate(first.key.id);
  const third = await home.keys.rotate(first.key.id);
  const works = () => [first, second, third].map(({ secret }) => home.keys.authenticate(secret) !== null);
  expect(works()).toEqual([false, true, true]);
  await home.keys.revoke(first.key.id);
  expect(works()).toEqual([false, false, false]);
  await expect(home.keys.rotate(first.key.id)).rejects.toMatchObject({ code: 'conflict' });
});

it('a rotation that overlaps another is refused, so that no secret is given out that does not work', async () => {
  const home = await house();
  const old = await home.keys.create({ name: 'laptop' });
  const [one, two] = await Promise.allSettled([home.keys.rotate(old.key.id), home.keys.rotate(old.key.id)]);
  expect([one.status, two.status]).toEqual(['fulfilled', 'rejected']);
  if (one.status === 'fulfilled') expect(home.keys.authenticate(one.value.secret)?.name).toBe('laptop');
});

it('a revocation during a rotation wins', async () => {
  const home = await house();
  const old = await home.keys.create({ name: 'laptop' });
  const rotating = home.keys.rotate(old.key.id);
  const revoking = home.keys.revoke(old.key.id);
  const [fresh] = await Promise.all([rotating, revoking]);
  for (const keys of [home.keys, await home.restarted()]) {
    expect([old, fresh].map(({ secret }) => keys.authenticate(secret))).toEqual([null, null]);
  }
});

it('unknown ids and impossible wishes are refused with a plain sentence', async () => {
  const { keys } = await house();
  await expect(keys.revoke('key_x')).rejects.toMatchObject({ code: 'not_found' });
  await expect(keys.rotate('key_x')).rejects.toMatchObject({ code: 'not_found' });
  await expect(keys.create({ name: '' })).rejects.toMatchObject({ code: 'invalid_value', param: 'name' });
  await expect(keys.create({ name: 'late', expiresAt: 1_000 })).rejects.toMatchObject({
    code: 'invalid_value',
    param: 'expiresAt',
  });
  expect(keys.list()).toEqual([]);
});

it('uses are seen at once and written many at a time', async () => {
  const home = await house();
  const { key } = await home.keys.create({ name: 'laptop' });
  for (let n = 0; n < 1_000; n += 1) home.keys.touch(key.id, `Codex CLI ${n}`, 2_000 + n);
  home.keys.touch('key_unknown', null, 1);
  const used = { ...key, lastUsedAt: 2_999, lastClient: 'Codex CLI 999' };
  expect(home.keys.list()).toEqual([used]);
  expect((await home.restarted()).list()).toEqual([key]);
  await home.keys.flush();
  expect((await home.restarted()).list()).toEqual([used]);
});

it('a thousand uses become one write', async () => {
  const writes: unknown[] = [];
  const database: Database = {
    all: async () => [],
    run: async (statements) => {
      writes.push(statements);
    },
  };
  const clock = { now: () => 1, monotonic: () => 1 };
  const keys = await createKeys({ database, clock, randomBytes: (length) => new Uint8Array(length).fill(7) });
  const { key } = await keys.create({ name: 'laptop' });
  for (let n = 0; n < 1_000; n += 1) keys.touch(key.id, null, n);
  await keys.flush();
  await keys.flush();
  expect(writes.slice(1)).toEqual([
    [{ sql: expect.stringMatching(/^UPDATE keys SET last_used_at/), params: [999, null, key.id] }],
  ]);
});

it('a key that the database did not take is not let in', async () => {
  const refusing: Database = { all: async () => [], run: () => Promise.reject(new Error('disk full')) };
  const clock = { now: () => 1, monotonic: () => 1 };
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  const keys = await createKeys({ database: refusing, clock, randomBytes });
  await expect(keys.create({ name: 'laptop' })).rejects.toThrow('disk full');
  expect(keys.list()).toEqual([]);
  expect(keys.authenticate(`sk-relay-${Buffer.from(randomBytes(32)).toString('base64url')}`)).toBeNull();
});

it('a row that is no key stops the start with a sentence instead of a key that allows all', async () => {
  const home = await house();
  await home.keys.create({ name: 'laptop', models: ['gpt-5'] });
  await home.database.run([{ sql: "UPDATE keys SET models = '{broken'" }]);
  await expect(home.restarted()).rejects.toMatchObject({ code: 'storage_error' });
});
