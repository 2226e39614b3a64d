import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accounts } from '../../../src-main/accounts/accounts.ts';
import { chatgptLogin, type Login } from '../../../src-main/accounts/login.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { createWorld, NOW, type World } from './accounts-under-test.ts';
import { ada, type Claims, loginFile, mintToken } from './login-file.ts';

let world: World;
let accounts: Accounts;
beforeEach(async () => {
  world = await createWorld();
  accounts = world.accounts;
});
afterEach(() => world.database.close());

/** A login as a sign-in of Relay's own brings it. */
function signedIn(claims: Claims): Login {
  const token = mintToken(claims);
  const login = chatgptLogin({
    type: 'chatgpt',
    accessToken: token,
    refreshToken: `rt_own_${claims.nonce ?? ''}`,
    idToken: token,
    lastRefreshAt: NOW,
  });
  if (login === null) throw new Error('These claims name no workspace.');
  return login;
}

const bearerOf = async (id: string): Promise<string> => (await accounts.credential(id)).authorization;
const auditOf = async (): Promise<unknown[]> =>
  (await accounts.audit.list({ limit: 100 })).entries.map(({ actor, what, accountLabel, detail }) => [
    actor,
    what,
    accountLabel,
    detail,
  ]);

describe('a sign-in', () => {
  test('adds an account with a login of its own, which no file is linked to', async () => {
    const { accountId, message } = await accounts.as('cli').signIn(signedIn(ada), {});
    expect([message, accounts.views(), await auditOf()]).toEqual([
      'Signed in: the account ada@example.test was added.',
      [
        expect.objectContaining({
          id: accountId,
          label: 'ada@example.test',
          plan: 'plus',
          linkedFile: null,
          enabled: true,
        }),
      ],
      [['cli', 'signed-in', 'ada@example.test', 'Signed in with ChatGPT.']],
    ]);
    expect(JSON.parse((await world.secrets.get(`account/${accountId}`)) ?? '')).toEqual({
      type: 'chatgpt',
      accessToken: mintToken(ada),
      refreshToken: 'rt_own_',
      idToken: mintToken(ada),
      lastRefreshAt: NOW,
    });
    expect(JSON.stringify(await world.database.all('SELECT * FROM accounts'))).not.toMatch(/eyJ|rt_own/);
  });

  test('of the same workspace and user updates the account that is there, unlinks it and tells of a new plan', async () => {
    const { id } = await world.importAda('/home/ada/.codex/auth.json');
    accounts.needsSignIn(id, 'The login was revoked.');
    const pro = { ...ada, plan: 'pro', nonce: 'own' };
    const { accountId, message } = await accounts.as('dashboard').signIn(signedIn(pro), {});
    expect([accountId, message]).toEqual([
      id,
      'Signed in: the account ada@example.test has a new login. Its plan is pro now; it was plus.',
    ]);
    expect(accounts.views()).toEqual([
      expect.objectContaining({
        id,
        plan: 'pro',
        linkedFile: null,
        health: { state: 'ready', reason: 'Ready.', until: null },
      }),
    ]);
    expect([await bearerOf(id), (await auditOf()).slice(0, 2)]).toEqual([
      `Bearer ${mintToken(pro)}`,
      [
        ['automatic', 'plan-changed', 'ada@example.test', 'The plan is pro now; it was plus.'],
        [
          'dashboard',
          'signed-in',
          'ada@example.test',
          'Signed in with ChatGPT. It was there already and was brought up to date.',
        ],
      ],
    ]);
    // What the other program writes into its file is no longer Relay's login.
    world.files.set('/home/ada/.codex/auth.json', loginFile({ ...ada, exp: ada.exp! + 9_000, nonce: 'newer' }));
    world.clock.advance(60_000);
    expect(await bearerOf(id)).toBe(`Bearer ${mintToken(pro)}`);
  });

  test('under the same mail in another workspace, or as another user of it, is another account with a name of its own', async () => {
    const others: Claims[] = [
      ada,
      { ...ada, accountId: '99999999-0000-0000-0000-000000000000', plan: 'team' },
      { ...ada, accountId: '99999999-0000-0000-0000-000000000000', userId: 'user-bob', plan: 'team' },
      { ...ada, accountId: '88888888-0000-0000-0000-000000000000', plan: 'team' },
      { ...ada, userId: 'user-eve', email: 'eve@example.test' },
      { accountId: '77777777-0000-0000-0000-000000000000', userId: 'user-eve', email: 'eve@example.test' },
    ];
    for (const claims of [...others, ...others]) await accounts.signIn(signedIn(claims), {});
    expect(
      accounts
        .views()
        .map(({ label, upstreamAccountId, upstreamUserId }) => [label, upstreamAccountId, upstreamUserId]),
    ).toEqual([
      ['ada@example.test', ada.accountId, 'user-ada'],
      ['ada@example.test (team)', '99999999-0000-0000-0000-000000000000', 'user-ada'],
      ['ada@example.test 2', '99999999-0000-0000-0000-000000000000', 'user-bob'],
      ['ada@example.test (workspace 88888888)', '88888888-0000-0000-0000-000000000000', 'user-ada'],
      ['eve@example.test', ada.accountId, 'user-eve'],
      ['eve@example.test (workspace 77777777)', '77777777-0000-0000-0000-000000000000', 'user-eve'],
    ]);
  });

  test('meant for an account takes that one’s login alone: any other overwrites nothing (A-06)', async () => {
    const { accountId } = await accounts.signIn(signedIn(ada), { label: 'mine' });
    const bob = await accounts.signIn(signedIn({ ...ada, userId: 'user-bob', email: 'bob@example.test' }), {});
    const before = [accounts.views(), await bearerOf(accountId), await bearerOf(bob.accountId)];
    const wrong: [Claims, string][] = [
      [{ ...ada, userId: 'user-bob', email: 'bob@example.test', nonce: 'x' }, 'bob@example.test'],
      [{ ...ada, userId: 'user-eve', email: 'eve@example.test' }, 'eve@example.test'],
      [{ ...ada, accountId: 'other' }, 'ada@example.test, but in another workspace or as another user'],
    ];
    for (const [claims, who] of wrong) {
      await expect(accounts.signIn(signedIn(claims), { accountId })).rejects.toMatchObject({
        code: 'conflict',
        message: `You signed in as ${who}, which is not the account mine. Nothing was changed. Choose the right one in the browser, in a private window if need be.`,
      });
    }
    expect([accounts.views(), await bearerOf(accountId), await bearerOf(bob.accountId)]).toEqual(before);
    const again = { ...ada, nonce: 'again' };
    expect(await accounts.signIn(signedIn(again), { accountId })).toEqual({
      accountId,
      message: 'Signed in: the account mine has a new login.',
    });
    expect(await bearerOf(accountId)).toBe(`Bearer ${mintToken(again)}`);
  });

  test('gives a personal access token that said nothing of itself its name', async () => {
    const { id } = await accounts.addApiKey({ apiKey: 'at-0123456789', wire: 'responses', unchecked: true });
    await accounts.signIn(signedIn(ada), { accountId: id });
    expect(accounts.views()).toMatchObject([{ id, upstreamUserId: 'user-ada', email: 'ada@example.test' }]);
  });

  test('is for a login that is there: not for a key, not for one that is gone', async () => {
    const key = await accounts.addApiKey({ apiKey: 'sk-1', wire: 'responses' });
    expect(() => accounts.checkSignInAgain(key.id)).toThrow('This account is an API key and has no login.');
    expect(() => accounts.checkSignInAgain('acc_gone')).toThrow('There is no such account.');
    await expect(accounts.signIn(signedIn(ada), { accountId: 'acc_gone' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(accounts.list().length).toBe(1);
  });
});

describe('an import', () => {
  const warning =
    'The program that this login comes from uses it too, and each refresh token works once: sooner or later one of the ' +
    'two is signed out. Better sign in with a login of Relay’s own (relay login); to import it all the same: --yes in the ' +
    'command line, acceptShared in the API.';
  const path = '/home/ada/.codex/auth.json';

  test('of a login that another program refreshes too is refused with that warning, file or copy, until it is accepted', async () => {
    const content = loginFile(ada);
    for (const input of [
      { content, acceptShared: false },
      { content, path, acceptShared: false },
    ]) {
      await expect(accounts.importAuthJson(input)).rejects.toMatchObject({
        code: 'conflict',
        status: 409,
        param: 'acceptShared',
        message: warning,
      });
    }
    expect([accounts.list(), await world.secrets.get('account/acc_0001000000000000'), await auditOf()]).toEqual([
      [],
      null,
      [],
    ]);
    const { linkedFile } = await accounts.importAuthJson({ content, path, acceptShared: true });
    expect(linkedFile).toBe(path);
    // The same file again tells nothing new.
    expect((await accounts.importAuthJson({ content, path, acceptShared: false })).linkedFile).toBe(path);
    await expect(accounts.importAuthJson({ content, path: '/other', acceptShared: false })).rejects.toThrow(warning);
  });

  test('never replaces a login of Relay’s own without that word', async () => {
    const { accountId } = await accounts.signIn(signedIn({ ...ada, nonce: 'own' }), {});
    await expect(accounts.importAuthJson({ content: loginFile(ada), path, acceptShared: false })).rejects.toThrow(
      warning,
    );
    expect(await bearerOf(accountId)).toBe(`Bearer ${mintToken({ ...ada, nonce: 'own' })}`);
  });

  test('needs no warning where nothing is refreshed: an API key, a personal token, a login without a refresh token', async () => {
    const files = [
      { OPENAI_API_KEY: 'sk-1' },
      { personal_access_token: 'at-0123456789' },
      { tokens: { access_token: mintToken(ada) } },
    ];
    for (const file of files) await accounts.importAuthJson({ content: JSON.stringify(file), acceptShared: false });
    expect(accounts.views().map(({ kind }) => kind)).toEqual(['openai', 'chatgpt', 'chatgpt']);
  });
});

describe('a key or personal token', () => {
  const refusal = new RelayError('invalid_value', { message: 'No such key.', param: 'apiKey' });
  const unreachable = new RelayError('upstream_connection_error', { message: 'api.test could not be reached.' });

  async function checkedBy(answers: (Error | Login | readonly { slug: string; info: null }[])[]) {
    const asked: unknown[] = [];
    const answer = async (secret: unknown) => {
      asked.push(secret);
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next as never;
    };
    const opened = await world.open({ checks: { apiKey: answer, personalToken: answer } });
    return { opened, asked };
  }

  test('is kept only after one real call, whose models are known at once', async () => {
    const { opened, asked } = await checkedBy([[{ slug: 'gpt-5.5', info: null }]]);
    const view = await opened.addApiKey({ apiKey: ' sk-1 ', wire: 'chat', baseUrl: 'https://api.test/v1/' });
    expect([view.models, asked]).toEqual([['gpt-5.5'], [{ apiKey: 'sk-1', baseUrl: 'https://api.test/v1' }]]);
  });

  test('that is refused, or that cannot be checked, is not kept, unless it goes unchecked', async () => {
    const { opened, asked } = await checkedBy([refusal, unreachable, refusal]);
    await expect(opened.addApiKey({ apiKey: 'sk-1', wire: 'chat' })).rejects.toBe(refusal);
    await expect(opened.addApiKey({ apiKey: 'sk-1', wire: 'chat' })).rejects.toMatchObject({
      code: 'upstream_connection_error',
      param: 'unchecked',
      message:
        'api.test could not be reached. So it could not be checked and was not kept; to keep it all the same: --unchecked.',
    });
    const content = JSON.stringify({ OPENAI_API_KEY: 'sk-1' });
    await expect(opened.importAuthJson({ content, acceptShared: false })).rejects.toBe(refusal);
    expect([opened.list(), await world.database.all('SELECT * FROM accounts'), asked.length]).toEqual([[], [], 3]);
    await opened.addApiKey({ apiKey: 'sk-1', wire: 'chat', unchecked: true });
    await opened.importAuthJson({ content, acceptShared: false, unchecked: true });
    expect([opened.views().map(({ kind }) => kind), asked.length]).toEqual([['openai'], 3]);
  });

  test('that begins with at- is a login, named by the sign-in service, and the same login is the same account', async () => {
    const token = 'at-0123456789abcdef';
    const login: Login = { ...signedIn(ada), secret: { type: 'personal-token', token } };
    const { opened, asked } = await checkedBy([login, login, refusal]);
    const view = await opened.addApiKey({ apiKey: token, wire: 'responses' });
    await opened.importAuthJson({ content: JSON.stringify({ personal_access_token: token }), acceptShared: false });
    await expect(opened.addApiKey({ apiKey: 'at-refused', wire: 'responses' })).rejects.toBe(refusal);
    expect([opened.views(), asked, (await opened.credential(view.id)).authorization]).toEqual([
      [
        expect.objectContaining({
          kind: 'chatgpt',
          label: 'ada@example.test',
          plan: 'plus',
          upstreamUserId: 'user-ada',
        }),
      ],
      [token, token, 'at-refused'],
      `Bearer ${token}`,
    ]);
  });
});

test('logins of the Codex CLI are found by their files: whose they are, what of them is in Relay, and no token', async () => {
  const { id } = await world.importAda();
  const key = await accounts.addApiKey({ apiKey: 'sk-found', wire: 'responses' });
  const bob = { ...ada, userId: 'user-bob', email: 'bob@example.test', plan: 'team' };
  world.files.set('/a/auth.json', loginFile({ ...ada, nonce: 'newer' }));
  world.files.set('/b/auth.json', loginFile(bob));
  world.files.set('/c/auth.json', JSON.stringify({ OPENAI_API_KEY: 'sk-found' }));
  world.files.set('/broken/auth.json', '{"tokens":');
  const found = await accounts.findLogins(['/a', '/none', '/broken', '/b', '/c']);
  const refreshed = { lastRefreshAt: Date.UTC(2026, 10, 20, 10), upstreamAccountId: ada.accountId, kind: 'chatgpt' };
  expect(found).toEqual([
    { ...refreshed, path: '/a/auth.json', email: 'ada@example.test', plan: 'plus', accountId: id },
    { ...refreshed, path: '/b/auth.json', email: 'bob@example.test', plan: 'team', accountId: null },
    {
      path: '/c/auth.json',
      kind: 'openai',
      email: null,
      plan: null,
      upstreamAccountId: null,
      accountId: key.id,
      lastRefreshAt: null,
    },
  ]);
  expect(JSON.stringify(found)).not.toMatch(/eyJ|rt_|sk-/);
});

test('the text of a found login can be asked for, and that of no other file', async () => {
  world.files.set('/a/auth.json', loginFile(ada));
  world.files.set('/etc/secret', 'not for anyone');
  expect(await accounts.readFoundLogin(['/a', '/none'], '/a/auth.json')).toBe(loginFile(ada));
  for (const path of ['/etc/secret', '/a/../etc/secret', '/none/auth.json']) {
    await expect(accounts.readFoundLogin(['/a', '/none'], path)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no login in this file any more.',
    });
  }
});
