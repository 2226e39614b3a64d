import { describe, expect, it } from 'vitest';
import { apiToken, startDashboard } from './dashboard-under-test.ts';
import { account } from './samples.ts';

const error = (message: string, code: string) => ({
  error: { message, type: 'invalid_request_error', param: null, code },
});
const foreignOrigin = error('Relay does not answer requests from web pages of another origin.', 'forbidden_origin');
const notSignedIn = error('You are not signed in here. Run: relay open', 'invalid_api_key');
const wrongToken = error(
  'This is not the API token. Use the apiToken that `relay serve --json` prints; Relay keys do not open /api.',
  'invalid_api_key',
);
const json = { 'content-type': 'application/json' };

describe('who may use /api', () => {
  it('refuses a request with neither token nor session', async () => {
    const { ask } = await startDashboard();
    const answer = await ask('/api/accounts');
    expect([answer.status, answer.json(), answer.headers['www-authenticate']]).toEqual([401, notSignedIn, 'Bearer']);
  });

  it.each([
    ['a wrong token', 'Bearer wrong'],
    ['a Relay key', `Bearer rk_${'a'.repeat(43)}`],
    ['the token in another case', `Bearer ${apiToken.toUpperCase()}`],
    ['a prefix of the token', `Bearer ${apiToken.slice(0, -1)}`],
    ['an empty token', 'Bearer '],
    ['Basic credentials', `Basic ${Buffer.from(`x:${apiToken}`).toString('base64')}`],
  ])('refuses %s', async (_name, authorization) => {
    const { ask } = await startDashboard();
    const answer = await ask('/api/accounts', { headers: { authorization } });
    expect([answer.status, answer.json()]).toEqual([401, wrongToken]);
  });

  it('reads the token from the header only, never from the URL or a cookie', async () => {
    const { ask } = await startDashboard();
    const inUrl = await ask(`/api/accounts?token=${apiToken}&access_token=${apiToken}`);
    const inCookie = await ask('/api/accounts', { headers: { cookie: `token=${apiToken}` } });
    expect([inUrl.status, inCookie.status]).toEqual([401, 401]);
  });

  it('opens to the API token, with the headers of a private answer', async () => {
    const { ask, script } = await startDashboard();
    const answer = await ask('/api/accounts', { headers: script });
    expect([answer.status, answer.json()]).toEqual([200, { accounts: [account] }]);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^req_[0-9a-f]{24}$/),
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('writes one line a minute, without the tokens, however many are tried', async () => {
    const { ask, logged, timers } = await startDashboard();
    const attempt = () => ask('/api/accounts', { headers: { authorization: 'Bearer guess' } });
    for (let n = 0; n < 5; n += 1) await attempt();
    timers.advance(60_000);
    await attempt();
    const sentence = 'requests to /api without a valid token or session';
    expect(logged).toEqual([
      [{ refused: 1 }, sentence],
      [{ refused: 5 }, sentence],
    ]);
  });
});

describe('pages of other origins', () => {
  it.each(['https://evil.test', 'null', 'http://127.0.0.1:1', 'http://localhost', 'http://127.0.0.1.nip.io'])(
    'refuses the origin %s, with a valid token too, and does nothing',
    async (origin) => {
      const { ask, script, asked } = await startDashboard();
      const headers = { ...script, ...json, origin };
      const answers = [
        await ask('/api/keys', { method: 'POST', headers, body: '{"name":"x"}' }),
        await ask('/api/accounts', { headers }),
        await ask('/api/session', { method: 'POST', headers, body: '{"token":"x"}' }),
      ];
      expect(answers.map((answer) => [answer.status, answer.json()])).toEqual(answers.map(() => [403, foreignOrigin]));
      expect(asked).toEqual([]);
    },
  );

  it.each(['cross-site', 'same-site'])('refuses a request that the browser calls %s', async (site) => {
    const { ask, script } = await startDashboard();
    const answer = await ask('/api/accounts', { headers: { ...script, 'sec-fetch-site': site } });
    expect([answer.status, answer.json()]).toEqual([403, foreignOrigin]);
  });

  it('answers a preflight with a refusal and no CORS header', async () => {
    const { ask } = await startDashboard();
    const headers = { origin: 'https://evil.test', 'access-control-request-method': 'POST' };
    const answer = await ask('/api/keys', { method: 'OPTIONS', headers });
    expect([answer.status, answer.json()]).toEqual([403, foreignOrigin]);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('refuses a state change of a session whose origin is not shown', async () => {
    const { ask, signIn, asked } = await startDashboard();
    const cookie = await signIn();
    const answer = await ask('/api/accounts/acc_1/disable', { method: 'POST', headers: { cookie } });
    expect([answer.status, answer.json(), asked]).toEqual([403, foreignOrigin, []]);
  });
});

describe('sessions', () => {
  it('exchanges a one-time token for a cookie that scripts in pages cannot read', async () => {
    const { enter, port, timers } = await startDashboard();
    const answer = await enter();
    expect([answer.status, answer.json()]).toEqual([201, { expiresAt: timers.clock.now() + 604_800_000 }]);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(
          `^relay_session_${port}=[\\w.-]+; Max-Age=604800; Path=/api; Expires=[^;]+; HttpOnly; SameSite=Strict$`,
        ),
      ),
    ]);
  });

  it('lets a session read, and change state from the own origin', async () => {
    const { ask, signIn, origin, asked } = await startDashboard();
    const cookie = await signIn();
    const read = await ask('/api/accounts', { headers: { cookie } });
    const change = await ask('/api/accounts/acc_1/disable', { method: 'POST', headers: { cookie, origin } });
    expect([read.status, change.status, asked]).toEqual([200, 200, [['dashboard', 'setEnabled', 'acc_1', false]]]);
  });

  it('takes a one-time token once', async () => {
    const { dashboard, enter } = await startDashboard();
    const token = dashboard.mintOneTimeToken();
    await enter(token);
    const again = await enter(token);
    const used = error('This link has been used or is older than a minute. Run: relay open', 'invalid_api_key');
    expect([again.status, again.json(), again.headers['set-cookie']]).toEqual([401, used, undefined]);
  });

  it('takes a one-time token for 60 seconds', async () => {
    const { dashboard, enter, timers } = await startDashboard();
    const [early, late] = [dashboard.mintOneTimeToken(), dashboard.mintOneTimeToken()];
    timers.advance(59_999);
    const inTime = await enter(early);
    timers.advance(1);
    const tooLate = await enter(late);
    expect([inTime.status, tooLate.status]).toEqual([201, 401]);
  });

  it('ends a session after seven days', async () => {
    const { ask, signIn, timers } = await startDashboard();
    const cookie = await signIn();
    timers.advance(604_799_999);
    const before = await ask('/api/accounts', { headers: { cookie } });
    timers.advance(1);
    const after = await ask('/api/accounts', { headers: { cookie } });
    expect([before.status, after.status, after.json()]).toEqual([200, 401, notSignedIn]);
  });

  it('refuses a session that was altered, unsigned or signed for another time', async () => {
    const { ask, signIn } = await startDashboard();
    const cookie = await signIn();
    const [name, value = ''] = cookie.split('=');
    const [expiry = '', nonce, signature] = value.split('.');
    const forged = [
      `${Number(expiry) + 1}.${nonce}.${signature}`,
      `${expiry}.x${nonce}.${signature}`,
      `${expiry}.${nonce}.`,
      `${expiry}.${nonce}`,
      `${value}.`,
      '',
    ];
    const answers = await Promise.all(
      forged.map((text) => ask('/api/accounts', { headers: { cookie: `${name}=${text}` } })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(forged.map(() => 401));
  });
});
