import { describe, expect, test } from 'vitest';
import type { ScriptEntry } from '../../../src-main/simulator/fault.ts';
import { loginFile } from './login-file.ts';
import { createLoginWorld, DAY, HOUR, type LoginWorld, MINUTE, NOW, SECOND } from './logins-under-test.ts';

const atToken = { when: { endpoint: 'token' } } as const;
const status = (code: number, body?: object | string): ScriptEntry =>
  ({ kind: 'status', status: code, ...(body === undefined ? {} : { body }), ...atToken }) as ScriptEntry;

/** What came of asking for a credential: the bearer, or the refusal. */
const ask = (world: LoginWorld, id: string): Promise<string> =>
  world.accounts.credential(id).then(
    ({ authorization }) => authorization.slice('Bearer '.length),
    (error) => `${error.code}: ${error.message}`,
  );
const audited = async (world: LoginWorld, what: string): Promise<string[]> =>
  (await world.accounts.audit.list({ limit: 500 })).entries
    .filter((entry) => entry.what === what)
    .map(({ detail }) => detail);
const refreshTokens = (world: LoginWorld): unknown[] =>
  world.exchanges().map((body) => (body as { refresh_token: string }).refresh_token);

describe('a login that has ended', () => {
  test('G6 is renewed once for 1,000 calls that wait for it, and the new pair is stored before one of them has it', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    const { refreshToken } = upstream.tokens.current;
    world.time.clock.advance(10 * DAY);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const bearer = await ask(world, id);
        return { bearer, stored: (await world.secrets.get(`account/${id}`))?.includes(bearer) };
      }),
    );
    expect(new Set(answers.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify({ bearer: upstream.accessToken(), stored: true })]),
    );
    expect(world.exchanges()).toEqual([
      {
        client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
        grant_type: 'refresh_token',
        refresh_reason: 'proactive_expiry',
        refresh_token: refreshToken,
      },
    ]);
    const sent = Object.fromEntries(world.simulator.journal.at(-1)?.headers ?? []);
    expect([sent['content-type'], sent['originator'], sent['user-agent']]).toEqual([
      'application/json',
      'relay',
      'relay/1.2.3',
    ]);
    expect(world.view(id).login).toEqual({
      expiresAt: NOW + 20 * DAY,
      refreshedAt: NOW + 10 * DAY,
      nextRefreshAt: NOW + 20 * DAY - 5.5 * MINUTE,
      shared: false,
      skewMs: null,
    });
  });

  test('A-04 waits for another one that ended with it: never two exchanges at once, and every call is answered', async () => {
    const world = await createLoginWorld(['ann', 'bob', 'cay']);
    const added = await Promise.all(['ann', 'bob', 'cay'].map((name) => world.add(name)));
    world.time.clock.advance(10 * DAY);
    const bearers = await Promise.all(
      added.flatMap(({ id, upstream }) =>
        Array.from({ length: 20 }, async () => (await ask(world, id)) === upstream.accessToken()),
      ),
    );
    expect([bearers.filter(Boolean).length, world.exchanges().length, world.front.most('/oauth/token')]).toEqual([
      60, 3, 1,
    ]);
  });

  test('A-05 keeps its refresh token where the answer brings none', async () => {
    const world = await createLoginWorld(['ann'], { reuseGraceMs: 30 * DAY });
    const { id, upstream } = await world.add('ann');
    const { refreshToken } = upstream.tokens.current;
    upstream.script({ kind: 'no-refresh-token' });
    world.time.clock.advance(10 * DAY);
    const first = await ask(world, id);
    world.time.clock.advance(10 * DAY);
    const second = await ask(world, id);
    expect([first === second, second, refreshTokens(world)]).toEqual([
      false,
      upstream.accessToken(),
      [refreshToken, refreshToken],
    ]);
  });

  test('A-06 is not overwritten by the login of another account: a person must sign in, once told', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    const before = JSON.parse((await world.secrets.get(`account/${id}`)) ?? '');
    upstream.script({ kind: 'wrong-account', accountId: 'ws-of-somebody-else' });
    world.time.clock.advance(10 * DAY);
    const reason =
      'The sign-in service answered a refresh with the login of another ChatGPT account, so nothing was changed. Sign in again.';
    expect([await ask(world, id), await ask(world, id)]).toEqual(Array(2).fill(`no_available_accounts: ${reason}`));
    expect(JSON.parse((await world.secrets.get(`account/${id}`)) ?? '')).toEqual({
      ...before,
      spent: { at: NOW + 10 * DAY, reason },
    });
    expect([world.exchanges().length, world.view(id).health, await audited(world, 'needs-sign-in')]).toEqual([
      1,
      { state: 'needs-sign-in', reason, until: null },
      [reason],
    ]);
  });

  test('A-06 is not overwritten by the login of another person in the same workspace', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    Object.assign(upstream, { userId: 'user-bob' });
    world.time.clock.advance(10 * DAY);
    expect(await ask(world, id)).toContain('the login of another ChatGPT account');
  });

  test.each([
    ['expired', 'This login was not renewed for too long and has expired. Sign in again.', 1],
    [
      'reused',
      'Another program renewed this login, so the copy in Relay is spent. Sign in again from Relay, to give it a login of its own.',
      1,
    ],
    ['invalidated', 'This login was ended at the sign-in service. Sign in again.', 1],
    ['other_401', 'HOST refused to renew this login (HTTP 401, some_other_code). Sign in again.', 1],
    ['bare_401', 'HOST refused to renew this login (HTTP 401). Sign in again.', 1],
    ['invalid_grant', 'The sign-in service no longer knows this login (invalid_grant). Sign in again.', 1],
  ])(
    'that is %s for good needs a person, is told once, and is never sent again, also after a restart',
    async (kind, sentence) => {
      const world = await createLoginWorld();
      const { id, upstream } = await world.add('ann');
      const { tokens } = upstream;
      if (kind === 'expired') tokens.expireRefreshTokens();
      if (kind === 'reused') upstream.refreshElsewhere();
      if (kind === 'invalidated') tokens.revokeAll();
      if (kind === 'other_401') upstream.script(status(401, { code: 'some_other_code' }));
      if (kind === 'bare_401') upstream.script(status(401, 'no'));
      if (kind === 'invalid_grant') upstream.script(status(400, { error: 'invalid_grant' }));
      const reason = sentence.replace('HOST', world.issuer.host);
      world.time.clock.advance(10 * DAY);
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(world, id)));
      expect([new Set(answers), world.exchanges().length]).toEqual([new Set([`no_available_accounts: ${reason}`]), 1]);
      expect([world.view(id).health.reason, await audited(world, 'needs-sign-in')]).toEqual([reason, [reason]]);
      await world.accounts.settled();
      const reopened = await world.open();
      expect(reopened.views()[0]?.health).toEqual({ state: 'needs-sign-in', reason, until: null });
      await expect(reopened.credential(id)).rejects.toMatchObject({ code: 'no_available_accounts', message: reason });
      expect(world.exchanges().length).toBe(1);
      // A sign-in, or an import, makes it well again.
      tokens.issue();
      await reopened.importAuthJson({ content: upstream.authJson(), acceptShared: true });
      expect([
        (await reopened.credential(id)).authorization,
        reopened.views().map(({ health }) => health.state),
        reopened.views().map((view) => [view.id, view.login?.expiresAt]),
      ]).toEqual([`Bearer ${upstream.accessToken()}`, ['ready'], [[id, NOW + 20 * DAY]]]);
    },
  );

  test.each<[string, ScriptEntry]>([
    ['a 500', status(500)],
    ['a 503', status(503)],
    ['a 429', status(429)],
    ['a 400 that is no invalid_grant', status(400, { error: 'invalid_request' })],
    ['a 403 with a page', status(403, '<html>Just a moment</html>')],
    ['a redirect', { kind: 'redirect', location: 'http://127.0.0.1:9/elsewhere', ...atToken }],
    ['a 200 that is a page', status(200, '<html>Sign in to the hotel</html>')],
    ['a 200 with tokens that no header may hold', status(200, { access_token: 'ey\r\nx: y', refresh_token: 'rt_x' })],
    ['a reset before the answer', { kind: 'cut', at: 'before-headers', how: 'reset', ...atToken }],
    ['an end before the answer', { kind: 'cut', at: 'before-headers', how: 'fin', ...atToken }],
  ])('A-03 rests for at most a minute after %s, and works as soon as the service does', async (_, entry) => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.always(entry);
    world.time.clock.advance(10 * DAY);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(world, id)));
    expect([new Set(answers).size, answers[0]?.split(':')[0], world.exchanges().length]).toEqual([
      1,
      'upstream_unavailable',
      1,
    ]);
    for (let row = 0; row < 8; row += 1) await ask(world, id);
    const { health } = world.view(id);
    const restMs = (health.until ?? 0) - world.time.clock.now();
    expect([health.state, restMs > 0 && restMs <= MINUTE]).toEqual(['resting', true]);
    expect((await audited(world, 'refresh-failed')).length).toBe(1);
    upstream.faults.clear();
    expect([await ask(world, id), world.view(id).health.state]).toEqual([upstream.accessToken(), 'ready']);
    expect(upstream.tokens.accessState(upstream.accessToken())).toBe('valid');
  });

  test('does not end a rest that a limit of the upstream made', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.script(status(503));
    world.time.clock.advance(10 * DAY);
    await ask(world, id);
    world.accounts.rest(id, 'codex', world.time.clock.now() + HOUR, 'The limit is reached.');
    await ask(world, id);
    expect(world.view(id).health.until).toBe(world.time.clock.now() + HOUR);
  });

  test('whose answer was lost after it spent the token says so, once', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.script({ kind: 'cut', at: 'headers', ...atToken });
    world.time.clock.advance(10 * DAY);
    const first = await ask(world, id);
    const second = await ask(world, id);
    const third = await ask(world, id);
    const reason =
      'The answer to a refresh was lost on the way, and the refresh token that it spent works only once. Sign in again.';
    expect([first.split(':')[0], second, third, world.exchanges().length]).toEqual([
      'upstream_unavailable',
      `no_available_accounts: ${reason}`,
      `no_available_accounts: ${reason}`,
      2,
    ]);
  });

  test('that was answered with something that is no login may have spent the token, and says so too', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.script(
      { kind: 'status', status: 200, body: '<html>', ...atToken },
      { kind: 'status', status: 401, body: { error: { code: 'refresh_token_reused' } }, ...atToken },
    );
    world.time.clock.advance(10 * DAY);
    const first = await ask(world, id);
    expect([first, await ask(world, id), world.exchanges().length]).toEqual([
      `upstream_unavailable: ${world.issuer.host} answered a refresh with something that is no login.`,
      'no_available_accounts: The answer to a refresh was lost on the way, and the refresh token that it spent works only once. Sign in again.',
      2,
    ]);
  });

  test('A-03 keeps a call waiting for 5 s at most, and an answer that comes later is still used', async () => {
    const world = await createLoginWorld(['ann'], {});
    const { id, upstream } = await world.add('ann');
    upstream.script({ kind: 'silence', at: 'before-headers', ...atToken });
    world.time.clock.advance(10 * DAY);
    const waiting = Promise.all([ask(world, id), ask(world, id)]);
    await world.asked(1);
    world.time.advance(5 * SECOND);
    expect([await waiting, world.view(id).health.state]).toEqual([
      Array(2).fill('upstream_unavailable: The sign-in service has not answered yet.'),
      'resting',
    ]);
    // The service stays silent: the exchange ends after 30 s, and the next one is answered.
    world.time.advance(25 * SECOND);
    await world.issuer.inTurn(async () => undefined);
    expect([await ask(world, id), world.view(id).health.state]).toEqual([upstream.accessToken(), 'ready']);
  });

  test('and holds nothing to renew it with needs a person', async () => {
    const world = await createLoginWorld();
    const upstream = world.simulator.account('ann');
    const file = JSON.parse(upstream.authJson());
    delete file.tokens.refresh_token;
    const { id } = await world.accounts.importAuthJson({ content: JSON.stringify(file), acceptShared: false });
    const before = await ask(world, id);
    world.time.clock.advance(10 * DAY);
    expect([before, await ask(world, id), world.exchanges()]).toEqual([
      upstream.accessToken(),
      'no_available_accounts: This login has ended and holds nothing to renew it with. Sign in again.',
      [],
    ]);
  });
});

test('API keys and personal access tokens are never refreshed', async () => {
  const world = await createLoginWorld();
  const key = await world.accounts.addApiKey({ apiKey: 'sk-1', wire: 'responses' });
  const personal = await world.accounts.importAuthJson({
    content: JSON.stringify({ auth_mode: 'personalAccessToken', personal_access_token: 'at-1' }),
    acceptShared: false,
  });
  world.accounts.keepAlive.start();
  await world.pass(30 * DAY, HOUR);
  const recovered = await Promise.all([
    world.accounts.recover(key.id, 'Bearer sk-1', 'The upstream refused this login.'),
    world.accounts.recover(personal.id, 'Bearer at-1', 'The upstream refused this login.'),
  ]);
  await world.accounts.keepAlive.stop();
  expect([
    recovered,
    world.exchanges(),
    world.accounts.views().map(({ login, health }) => [login, health.reason]),
  ]).toEqual([['refused', 'refused'], [], Array(2).fill([null, 'The upstream refused this login.'])]);
});

describe('a linked login', () => {
  const path = '/home/ann/.codex/auth.json';

  test('A-07 is taken from its file when another program renewed it: no refresh with the spent token', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann', path);
    world.time.clock.advance(10 * DAY);
    upstream.refreshElsewhere();
    world.files.set(path, upstream.authJson());
    expect([await ask(world, id), world.exchanges(), await audited(world, 'login-adopted')]).toEqual([
      upstream.accessToken(),
      [],
      [`A newer login was found in ${path} and is used from now on.`],
    ]);
  });

  test('is read again right before each refresh, however short ago the last look was', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann', path);
    world.time.clock.advance(10 * DAY - SECOND);
    await ask(world, id);
    upstream.refreshElsewhere();
    world.files.set(path, upstream.authJson());
    world.time.clock.advance(SECOND);
    expect([await ask(world, id), world.exchanges()]).toEqual([upstream.accessToken(), []]);
  });

  test('is taken from its file also where the other program was first only by a moment', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann', path);
    upstream.script({ kind: 'silence', at: 'before-headers', ms: SECOND, ...atToken });
    world.time.clock.advance(10 * DAY);
    const asking = ask(world, id);
    await world.asked(1);
    upstream.refreshElsewhere();
    world.files.set(path, upstream.authJson());
    world.time.advance(SECOND);
    expect([await asking, world.exchanges().length, world.view(id).health.state]).toEqual([
      upstream.accessToken(),
      1,
      'ready',
    ]);
  });

  test('is refreshed where its file holds nothing newer; the file is never written, and its old pair never taken back', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann', path);
    const content = world.files.get(path);
    world.time.clock.advance(10 * DAY);
    const first = await ask(world, id);
    world.time.clock.advance(MINUTE);
    expect([first, await ask(world, id), world.files.get(path), world.exchanges().length]).toEqual([
      upstream.accessToken(),
      upstream.accessToken(),
      content,
      1,
    ]);
  });

  test('whose file holds another person is refreshed as if it had none', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann', path);
    world.files.set(path, loginFile({ accountId: 'ws-bob', userId: 'user-bob', exp: NOW / 1_000 + 30 * 86_400 }));
    world.time.clock.advance(10 * DAY);
    expect([await ask(world, id), world.exchanges().length]).toEqual([upstream.accessToken(), 1]);
  });

  test('that needs a person is well again as soon as its file is', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann', path);
    upstream.revokeLogin();
    world.time.clock.advance(10 * DAY);
    await ask(world, id);
    const before = world.view(id).health.state;
    upstream.tokens.issue();
    world.files.set(path, upstream.authJson());
    world.accounts.keepAlive.start();
    await world.pass(30 * SECOND);
    await world.accounts.keepAlive.stop();
    expect([before, world.view(id).health.state, await ask(world, id)]).toEqual([
      'needs-sign-in',
      'ready',
      upstream.accessToken(),
    ]);
  });
});
