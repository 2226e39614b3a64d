import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAudit } from '../../../src-main/accounts/audit.ts';
import { createLateWrites } from '../../../src-main/ledger/late-writes.ts';
import { createWorld, HOUR, NOW, type World } from './accounts-under-test.ts';
import { ada, loginFile } from './login-file.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.database.close());

const newAudit = () =>
  createAudit(
    world.database,
    createLateWrites(world.database, (error) => {
      throw error;
    }),
    world.clock,
  );
const account = { id: 'acc_1', label: 'Ada' };

describe('the audit', () => {
  test('keeps who changed what, newest first, by pages, and of one account alone', async () => {
    const audit = newAudit();
    audit.note({ actor: 'automatic', what: 'plan-changed', account, detail: 'The plan is pro now; it was plus.' });
    await audit.list({ limit: 1 });
    world.clock.advance(HOUR);
    await world.database.run(audit.statements({ actor: 'cli', what: 'ordered', account: null, detail: 'A, B.' }));
    audit.note({ actor: 'dashboard', what: 'deleted', account, detail: 'Deleted.' });
    const shared = { accountId: 'acc_1', accountLabel: 'Ada' };
    const deleted = { id: 3, at: NOW + HOUR, actor: 'dashboard', what: 'deleted', ...shared, detail: 'Deleted.' };
    const ordered = {
      ...{ id: 2, at: NOW + HOUR, actor: 'cli', what: 'ordered', accountId: null, accountLabel: null },
      detail: 'A, B.',
    };
    const plan = {
      ...{ id: 1, at: NOW, actor: 'automatic', what: 'plan-changed', ...shared },
      detail: 'The plan is pro now; it was plus.',
    };
    expect([
      await audit.list({ limit: 2 }),
      await audit.list({ limit: 2, cursor: '2' }),
      await audit.list({ limit: 50, accountId: 'acc_1' }),
    ]).toEqual([
      { entries: [deleted, ordered], nextCursor: '2' },
      { entries: [plan], nextCursor: null },
      { entries: [deleted, plan], nextCursor: null },
    ]);
  });

  test('holds one line without anything that looks like a secret', async () => {
    const audit = newAudit();
    const detail = `Token eyJhbGciOiJub25lIn0.e30.x\r\nBearer abcdefgh ${'long '.repeat(200)}`;
    audit.note({ actor: 'automatic', what: 'refresh-failed', account, detail });
    const [entry] = (await audit.list({ limit: 1 })).entries;
    expect([entry?.detail.slice(0, 42), entry?.detail.length]).toEqual([
      'Token [redacted] [redacted] long long long',
      500,
    ]);
  });

  test('keeps the newest 10,000 entries', async () => {
    const audit = newAudit();
    await world.database.run([
      {
        sql: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
INSERT INTO audit (at, actor, what, account_id, account_label, detail) SELECT i, 'cli', 'changed', 'acc_1', 'Ada', 'x' FROM n`,
      },
    ]);
    for (let index = 0; index < 3; index += 1) {
      audit.note({ actor: 'automatic', what: 'rest-begun', account, detail: 'Resting.' });
    }
    await audit.list({ limit: 1 });
    const [row] = await world.database.all('SELECT count(*) AS kept, min(id) AS oldest, max(id) AS newest FROM audit');
    expect(row).toEqual({ kept: 10_000, oldest: 4, newest: 10_003 });
  });
});

describe('what happens to accounts by itself', () => {
  const noted = async () =>
    (await world.accounts.audit.list({ limit: 50 })).entries
      .filter(({ what }) => what !== 'imported' && what !== 'added')
      .map(({ actor, what, detail }) => [actor, what, detail]);

  test('a refused login is one entry, however many calls report it', async () => {
    const { id } = await world.importAda();
    world.accounts.needsSignIn(id, 'The login was revoked.');
    world.accounts.needsSignIn(id, 'The login was revoked.');
    expect(await noted()).toEqual([['automatic', 'needs-sign-in', 'The login was revoked.']]);
  });

  test('another plan is an entry, the same plan and the first one are none', async () => {
    const { id } = await world.importAda();
    const key = await world.accounts.addApiKey({ apiKey: 'sk-1', wire: 'responses' });
    for (const [account, plan] of [
      [id, 'plus'],
      [id, 'pro'],
      [key.id, 'team'],
    ] as const) {
      world.accounts.recordHeaders(account, { 'x-codex-plan-type': plan });
    }
    expect(await noted()).toEqual([['automatic', 'plan-changed', 'The plan is pro now; it was plus.']]);
  });

  test('a newer login that was found in the linked file is an entry', async () => {
    const { id } = await world.importAda('/a/auth.json');
    world.files.set('/a/auth.json', loginFile({ ...ada, nonce: 'second' }));
    world.clock.advance(HOUR);
    await world.accounts.credential(id);
    expect(await noted()).toEqual([
      ['automatic', 'login-adopted', 'A newer login was found in /a/auth.json and is used from now on.'],
    ]);
  });
});
