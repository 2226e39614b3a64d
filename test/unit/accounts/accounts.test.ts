import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Accounts } from '../../../src-main/accounts/accounts.ts';
import type { DeskPorts } from '../../../src-main/dashboard/account-desk.ts';
import type { AccountPool } from '../../../src-main/routing/ports.ts';
import { accountSchema } from '../../../src-shared/contract/account.ts';
import { formatClockTime } from '../../../src-shared/format/clock-time.ts';
import { createWorld, HOUR, NOW, type World } from './accounts-under-test.ts';
import { ada, loginFile, mintToken } from './login-file.ts';

let world: World;
let accounts: Accounts;
beforeEach(async () => {
  world = await createWorld();
  accounts = world.accounts;
});
afterEach(() => world.database.close());

describe('the registry', () => {
  test('fits the ports of routing and of the desk', () => {
    const ports: [AccountPool, DeskPorts['accounts']] = [accounts, accounts];
    expect(ports).toHaveLength(2);
  });

  test('shows an imported login as what it is, with nothing of its tokens', async () => {
    const view = await world.importAda('/home/ada/.codex/auth.json');
    expect(accountSchema.parse(view)).toEqual({
      id: 'acc_0001000000000000',
      label: 'ada@example.test',
      kind: 'chatgpt',
      wire: 'responses',
      baseUrl: null,
      email: 'ada@example.test',
      plan: 'plus',
      upstreamAccountId: ada.accountId,
      upstreamUserId: 'user-ada',
      linkedFile: '/home/ada/.codex/auth.json',
      enabled: true,
      policy: 'normal',
      position: 1,
      maxConcurrency: null,
      color: null,
      pause: null,
      pinnedUntil: null,
      createdAt: NOW,
      health: { state: 'ready', reason: 'Ready.', until: null },
      restingFamilies: [],
      lackingModels: [],
      login: {
        expiresAt: ada.exp! * 1_000,
        refreshedAt: Date.UTC(2026, 10, 20, 10),
        nextRefreshAt: ada.exp! * 1_000 - 270_000,
        shared: true,
        skewMs: null,
      },
      inFlight: 0,
      windows: [],
      credits: null,
      usage: null,
      usageError: null,
      models: [],
    });
    expect(JSON.stringify(await world.database.all('SELECT * FROM accounts'))).not.toMatch(/eyJ|rt_first/);
  });

  test('keeps the secret of an API key out of the database and hands it out as the bearer', async () => {
    const view = await accounts.addApiKey({
      apiKey: ' sk-secret\n',
      baseUrl: 'https://api.example.com/v1/',
      wire: 'chat',
    });
    expect({
      label: view.label,
      baseUrl: view.baseUrl,
      wire: view.wire,
      credential: await accounts.credential(view.id),
      leaked: JSON.stringify(await world.database.all('SELECT * FROM accounts')).includes('sk-secret'),
    }).toEqual({
      label: 'api.example.com',
      baseUrl: 'https://api.example.com/v1',
      wire: 'chat',
      credential: { authorization: 'Bearer sk-secret', accountId: null },
      leaked: false,
    });
  });

  test('is the same after a restart: accounts, their order, quota, rests, models', async () => {
    const login = await world.importAda();
    await accounts.addApiKey({ apiKey: 'sk-1', wire: 'responses', label: 'Mine' });
    await accounts.edit(login.id, { label: 'Ada' });
    accounts.recordHeaders(login.id, {
      'x-codex-primary-used-percent': '12.5',
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-at': String((NOW + HOUR) / 1_000),
      'x-codex-plan-type': 'pro',
    });
    accounts.rest(login.id, 'codex', NOW + 3 * HOUR, 'The 5-hour limit is used up.');
    accounts.setModels(login.id, [{ slug: 'gpt-5.5', info: null }]);
    await accounts.settled();
    const before = accounts.views();
    const reopened = await world.open();
    expect(await world.viewsAfterRestart()).toEqual(before);
    expect(before[0]).toMatchObject({
      label: 'Ada',
      plan: 'pro',
      models: ['gpt-5.5'],
      health: {
        state: 'resting',
        reason: `Resting until ${formatClockTime(NOW + 3 * HOUR, NOW)}. The 5-hour limit is used up.`,
        until: NOW + 3 * HOUR,
      },
      windows: [{ name: '5-hour', usedPercent: 12.5, resetsAt: NOW + HOUR, source: 'headers' }],
    });
    expect(await reopened.credential(login.id)).toEqual({
      authorization: `Bearer ${mintToken(ada)}`,
      accountId: ada.accountId,
    });
  });

  test('loses neither of two changes made at once', async () => {
    const { id } = await world.importAda();
    await Promise.all([accounts.setEnabled(id, false), accounts.edit(id, { label: 'New name' })]);
    const row = (await world.open()).views()[0];
    expect([row?.enabled, row?.label, row?.health.state]).toEqual([false, 'New name', 'disabled']);
  });

  test('removes an account with its rows and its secret, and ignores what late calls report of it', async () => {
    const { id } = await world.importAda();
    accounts.rest(id, 'codex', NOW + HOUR, 'limit');
    const secretBefore = await world.secrets.get(`account/${id}`);
    await accounts.remove(id);
    accounts.rest(id, 'codex', NOW + HOUR, 'late');
    accounts.recordHeaders(id, { 'x-codex-primary-used-percent': '1', 'x-codex-primary-window-minutes': '300' });
    await accounts.settled();
    expect({
      had: secretBefore !== null,
      secret: await world.secrets.get(`account/${id}`),
      rows: [
        await world.database.all('SELECT * FROM accounts'),
        await world.database.all('SELECT * FROM rests'),
        await world.database.all('SELECT * FROM windows'),
      ],
      list: accounts.list(),
    }).toEqual({ had: true, secret: null, rows: [[], [], []], list: [] });
    await expect(accounts.credential(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('leaves no row behind when something about the account was still being written', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const slow = await world.open({
      database: {
        all: world.database.all,
        async run(statements) {
          if (statements.some(({ sql }) => sql.startsWith('INSERT INTO rests'))) await released;
          await world.database.run(statements);
        },
      },
    });
    const { id } = await slow.addApiKey({ apiKey: 'sk-1', wire: 'chat' });
    slow.rest(id, 'codex', NOW + HOUR, 'limit');
    const removed = slow.remove(id);
    await vi.waitUntil(() => slow.list().length === 0);
    release();
    await removed;
    await slow.settled();
    expect(await world.database.all('SELECT * FROM rests')).toEqual([]);
  });

  test('says so where there is no such account', async () => {
    for (const work of [accounts.setEnabled('x', true), accounts.edit('x', { label: 'y' }), accounts.remove('x')]) {
      await expect(work).rejects.toMatchObject({ code: 'not_found', message: 'There is no such account.' });
    }
  });

  test('tells listeners of every change until they leave', async () => {
    let told = 0;
    const leave = accounts.onChange(() => {
      told += 1;
    });
    const { id } = await world.importAda();
    accounts.needsSignIn(id, 'why');
    leave();
    accounts.needsSignIn(id, 'again');
    expect(told).toBe(2);
  });
});

describe('identity', () => {
  test('is workspace and user: neither another user nor another workspace under the same mail is the same login', async () => {
    const others = [ada, { ...ada, userId: 'user-bob' }, { ...ada, accountId: '99999999-0000-0000-0000-000000000000' }];
    for (const claims of others) await accounts.importAuthJson({ content: loginFile(claims), acceptShared: true });
    expect(accounts.views().map((view) => view.label)).toEqual([
      'ada@example.test',
      'ada@example.test 2',
      'ada@example.test (workspace 99999999)',
    ]);
  });

  test('the same login again updates the first, also when both come at once', async () => {
    const first = await world.importAda('/a/auth.json');
    accounts.needsSignIn(first.id, 'The login was revoked.');
    const newer = { ...ada, plan: 'pro', nonce: 'second' };
    const [second] = await Promise.all([
      accounts.importAuthJson({ content: loginFile(newer), acceptShared: true }),
      accounts.importAuthJson({ content: loginFile(newer), acceptShared: true }),
    ]);
    expect(accounts.views()).toEqual([{ ...first, plan: 'pro' }]);
    expect(second).toEqual({ ...first, plan: 'pro' });
    expect((await accounts.credential(first.id)).authorization).toBe(`Bearer ${mintToken(newer)}`);
  });

  test('a new login that comes twice at once is one account', async () => {
    const [first, second] = await Promise.all([world.importAda(), world.importAda()]);
    expect([second, accounts.views()]).toEqual([first, [first]]);
  });

  test('a login that comes back while it is being removed is there afterwards, with its secret', async () => {
    const { id } = await world.importAda();
    const [, back] = await Promise.all([accounts.remove(id), world.importAda()]);
    expect([accounts.views(), (await accounts.credential(back.id)).accountId]).toEqual([[back], ada.accountId]);
  });

  test('the same key at the same address is one account, at another address another', async () => {
    const first = await accounts.addApiKey({ apiKey: 'sk-1', wire: 'responses' });
    const again = await accounts.addApiKey({ apiKey: 'sk-1', wire: 'chat', label: 'Mine' });
    await accounts.addApiKey({ apiKey: 'sk-1', wire: 'chat', baseUrl: 'https://api.example.com' });
    await accounts.addApiKey({ apiKey: 'sk-2', wire: 'chat' });
    expect(again).toEqual({ ...first, wire: 'chat', label: 'Mine' });
    expect(accounts.views().map((view) => view.label)).toEqual(['Mine', 'api.example.com', 'OpenAI API']);
  });

  test('an auth.json with an API key becomes an API-key account', async () => {
    const content = JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-from-file', tokens: null });
    const view = await accounts.importAuthJson({ content, path: '/a/auth.json', acceptShared: true });
    expect([view.kind, view.linkedFile, await accounts.credential(view.id)]).toEqual([
      'openai',
      null,
      { authorization: 'Bearer sk-from-file', accountId: null },
    ]);
  });

  test('a personal access token is one account however often it is imported', async () => {
    const content = JSON.stringify({ personal_access_token: 'at-personal' });
    const first = await accounts.importAuthJson({ content, acceptShared: true });
    const again = await accounts.importAuthJson({ content, acceptShared: true });
    expect([again, accounts.list().length]).toEqual([first, 1]);
    expect(await accounts.credential(first.id)).toEqual({ authorization: 'Bearer at-personal', accountId: null });
  });

  test('labels are one line and never the same twice', async () => {
    await accounts.addApiKey({ apiKey: 'sk-1', wire: 'chat', label: ' Mine\r\nx-evil: 1\u202e ' });
    await accounts.addApiKey({ apiKey: 'sk-2', wire: 'chat', label: 'Mine x-evil: 1' });
    expect(accounts.views().map((view) => view.label)).toEqual(['Mine x-evil: 1', 'Mine x-evil: 1 2']);
  });
});
