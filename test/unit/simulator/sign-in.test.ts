import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Body, codexBody, postCodex, type Simulation, startSimulation } from './simulation.ts';

const clientId = 'app_EMoamEEZ73f0CkXaXp7hrann';
const verifier = 'v'.repeat(64);
const callback = 'http://127.0.0.1:1455/auth/callback';

const claimsOf = (jwt: unknown): Body => JSON.parse(Buffer.from(String(jwt).split('.')[1]!, 'base64url').toString());
const accountIn = (jwt: unknown): unknown =>
  (claimsOf(jwt)['https://api.openai.com/auth'] as Body)['chatgpt_account_id'];

async function authorize({ urls }: Simulation, change: Record<string, string> = {}): Promise<Response> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback,
    scope: 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'state-1',
    ...change,
  });
  return fetch(`${urls.issuer}/oauth/authorize?${query}`, { redirect: 'manual' });
}

async function codeFrom(simulation: Simulation): Promise<string> {
  const response = await authorize(simulation);
  return new URL(response.headers.get('location')!).searchParams.get('code')!;
}

async function post(
  { urls }: Simulation,
  path: string,
  body: Body | URLSearchParams,
): Promise<{ status: number; body: Body }> {
  const form = body instanceof URLSearchParams;
  const response = await fetch(`${urls.issuer}${path}`, {
    method: 'POST',
    body: form ? body : JSON.stringify(body),
    headers: { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' },
  });
  return { status: response.status, body: (await response.json()) as Body };
}

const exchange = (simulation: Simulation, code: string, change: Record<string, string> = {}): ReturnType<typeof post> =>
  post(
    simulation,
    '/oauth/token',
    new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      redirect_uri: callback,
      code_verifier: verifier,
      ...change,
    }),
  );

const refresh = (simulation: Simulation, refreshToken: unknown): ReturnType<typeof post> =>
  post(simulation, '/oauth/token', {
    client_id: clientId,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    refresh_reason: 'proactive_expiry',
  });

const worksAt = async (simulation: Simulation, accessToken: unknown): Promise<number> =>
  (await postCodex(simulation, simulation.ann, codexBody('hi'), { authorization: `Bearer ${accessToken}` })).status;

describe('signing in by browser', () => {
  it('redirects with a code and the state, and gives tokens for the code once', async () => {
    const simulation = await startSimulation();
    const response = await authorize(simulation);
    const location = new URL(response.headers.get('location')!);
    expect([response.status, location.origin + location.pathname, location.searchParams.get('state')]).toEqual([
      302,
      callback,
      'state-1',
    ]);
    const code = location.searchParams.get('code')!;
    const tokens = await exchange(simulation, code);
    expect(tokens).toMatchObject({ status: 200, body: { refresh_token: expect.stringMatching(/^rt_/) } });
    expect(claimsOf(tokens.body['id_token'])).toMatchObject({
      email: 'ann@example.test',
      'https://api.openai.com/auth': {
        chatgpt_account_id: simulation.ann.accountId,
        chatgpt_plan_type: 'plus',
        chatgpt_user_id: 'user-ann',
      },
    });
    expect(claimsOf(tokens.body['access_token'])['exp']).toBe(simulation.clock.now() / 1000 + 864_000);
    expect(await worksAt(simulation, tokens.body['access_token'])).toBe(200);
    expect(await exchange(simulation, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('signs in whom it was told to', async () => {
    const simulation = await startSimulation();
    simulation.simulator.signInAs('bob');
    const { body } = await exchange(simulation, await codeFrom(simulation));
    expect(accountIn(body['access_token'])).toBe(simulation.simulator.account('bob').accountId);
  });

  it.each<[string, Record<string, string>]>([
    ['a wrong verifier', { code_verifier: 'other' }],
    ['another redirect', { redirect_uri: 'http://127.0.0.1:1457/auth/callback' }],
  ])('gives no tokens for %s', async (_, change) => {
    const simulation = await startSimulation();
    expect(await exchange(simulation, await codeFrom(simulation), change)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('gives no tokens for a code that is too old', async () => {
    const simulation = await startSimulation();
    const code = await codeFrom(simulation);
    simulation.clock.advance(600_000);
    expect((await exchange(simulation, code)).status).toBe(400);
  });

  it.each<Record<string, string>>([
    { redirect_uri: 'http://127.0.0.1:4141/auth/callback' },
    { redirect_uri: 'https://evil.test/auth/callback' },
    { code_challenge_method: 'plain' },
    { client_id: 'other' },
    { state: '' },
  ])('refuses to start with %o', async (change) => {
    expect((await authorize(await startSimulation(), change)).status).toBe(400);
  });

  it('sends back that access was denied', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'denied', error: 'access_denied', description: 'missing_codex_entitlement' });
    const location = new URL((await authorize(simulation)).headers.get('location')!);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'missing_codex_entitlement',
      state: 'state-1',
    });
  });
});

describe('a refresh', () => {
  it('rotates: the new pair works, the spent token is refused as in capture 64', async () => {
    const simulation = await startSimulation();
    const first = simulation.ann.tokens.current.refreshToken;
    const second = await refresh(simulation, first);
    expect(second.status).toBe(200);
    expect(await worksAt(simulation, second.body['access_token'])).toBe(200);
    expect(await refresh(simulation, first)).toEqual({
      status: 401,
      body: {
        error: {
          message:
            'Your refresh token has already been used to generate a new access token. Please try signing in again.',
          type: 'invalid_request_error',
          param: null,
          code: 'refresh_token_reused',
        },
      },
    });
    expect((await refresh(simulation, second.body['refresh_token'])).status).toBe(200);
  });

  it('tolerates reuse for the grace time', async () => {
    const simulation = await startSimulation({ reuseGraceMs: 1000 });
    const first = simulation.ann.tokens.current.refreshToken;
    expect((await refresh(simulation, first)).status).toBe(200);
    simulation.clock.advance(999);
    expect((await refresh(simulation, first)).status).toBe(200);
    simulation.clock.advance(1);
    expect((await refresh(simulation, first)).status).toBe(401);
  });

  it('fails for good when the token is expired, revoked or unknown', async () => {
    const simulation = await startSimulation();
    const { ann } = simulation;
    const token = ann.tokens.current.refreshToken;
    expect(await refresh(simulation, 'rt_nobody')).toMatchObject({
      status: 401,
      body: { error: { code: 'refresh_token_invalidated' } },
    });
    ann.tokens.expireRefreshTokens();
    expect(await refresh(simulation, token)).toMatchObject({
      status: 401,
      body: { error: { code: 'refresh_token_expired' } },
    });
    const revoked = await post(simulation, '/oauth/revoke', {
      token,
      token_type_hint: 'refresh_token',
      client_id: clientId,
    });
    expect(revoked).toEqual({ status: 200, body: {} });
    expect(await refresh(simulation, token)).toMatchObject({
      status: 401,
      body: { error: { code: 'refresh_token_invalidated' } },
    });
  });

  it('plays its faults: status, wrong account, no refresh token, an answer lost after the token was spent', async () => {
    const simulation = await startSimulation();
    const { ann } = simulation;
    const token = (): string => ann.tokens.current.refreshToken;
    ann.script(
      { kind: 'status', status: 503, when: { endpoint: 'token' } },
      { kind: 'wrong-account', accountId: 'acc-x' },
      { kind: 'no-refresh-token' },
    );
    expect((await refresh(simulation, token())).status).toBe(503);
    expect(accountIn((await refresh(simulation, token())).body['access_token'])).toBe('acc-x');
    expect((await refresh(simulation, token())).body).not.toHaveProperty('refresh_token');
    const spent = token();
    ann.script({ kind: 'cut', at: 'headers', when: { endpoint: 'token' } });
    await expect(refresh(simulation, spent)).rejects.toThrow();
    expect(await refresh(simulation, spent)).toMatchObject({ body: { error: { code: 'refresh_token_reused' } } });
  });

  it('made by another program leaves the old token spent and auth.json new', async () => {
    const simulation = await startSimulation();
    const before = JSON.parse(simulation.ann.authJson());
    simulation.ann.refreshElsewhere();
    const after = JSON.parse(simulation.ann.authJson());
    expect(after.tokens).toMatchObject({
      account_id: simulation.ann.accountId,
      refresh_token: expect.not.stringMatching(before.tokens.refresh_token),
    });
    expect((await refresh(simulation, before.tokens.refresh_token)).status).toBe(401);
    expect((await refresh(simulation, after.tokens.refresh_token)).status).toBe(200);
  });
});

describe('signing in by device code', () => {
  it('is pending for a while, then gives a code that the token endpoint takes', async () => {
    const simulation = await startSimulation();
    const start = await post(simulation, '/api/accounts/deviceauth/usercode', { client_id: clientId });
    expect(start.body).toMatchObject({
      device_auth_id: expect.any(String),
      user_code: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{5}$/),
      interval: '1',
      expires_at: expect.any(String),
    });
    const poll = (): ReturnType<typeof post> =>
      post(simulation, '/api/accounts/deviceauth/token', {
        device_auth_id: start.body['device_auth_id'],
        user_code: start.body['user_code'],
      });
    expect([(await poll()).status, (await poll()).status]).toEqual([403, 403]);
    const { body } = await poll();
    const tokens = await exchange(simulation, String(body['authorization_code']), {
      code_verifier: String(body['code_verifier']),
      redirect_uri: `${simulation.urls.issuer}/deviceauth/callback`,
    });
    expect(tokens.status).toBe(200);
    expect(await worksAt(simulation, tokens.body['access_token'])).toBe(200);
  });

  it('is 404 where it is switched off', async () => {
    const simulation = await startSimulation({ signIn: { deviceSignIn: false } });
    expect((await post(simulation, '/api/accounts/deviceauth/usercode', { client_id: clientId })).status).toBe(404);
  });
});
