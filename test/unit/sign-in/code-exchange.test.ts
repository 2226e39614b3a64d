import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createIssuer, type Issuer } from '../../../src-main/accounts/issuer.ts';
import { IssuerRefusal } from '../../../src-main/accounts/issuer-refusal.ts';
import type { Login } from '../../../src-main/accounts/login.ts';
import { type CodeGrant, exchangeCode } from '../../../src-main/accounts/sign-in/code-exchange.ts';
import { signedJwt } from '../../../src-main/simulator/signed-jwt.ts';
import { createSimulator, type Simulator } from '../../../src-main/simulator/simulator.ts';
import { unsignedJwt } from '../../../src-main/simulator/unsigned-jwt.ts';
import { createManualTime, type ManualTime } from '../../support/manual-timers.ts';

const NOW = Date.UTC(2030, 5, 1, 12);
const DAY = 86_400_000;
const verifier = 'v'.repeat(64);
const redirectUri = 'http://127.0.0.1:1455/auth/callback';

function issuerAt(url: string, time: ManualTime): Issuer {
  const issuer = createIssuer({ url, version: '1.2.3', clock: time.clock, timers: time.timers });
  onTestFinished(() => issuer.close());
  return issuer;
}

/** A simulated sign-in service whose clock is a day behind Relay's, and Relay's view of it. */
async function simulated(): Promise<{ simulator: Simulator; issuer: Issuer; time: ManualTime }> {
  const time = createManualTime(NOW);
  const clock = { now: () => time.clock.now() - DAY, monotonic: () => time.clock.monotonic() };
  const simulator = createSimulator({ clock, accounts: [{ name: 'ann', kind: 'chatgpt', plan: 'pro' }] });
  const { issuer } = await simulator.start();
  onTestFinished(() => simulator.stop());
  return { simulator, issuer: issuerAt(issuer, time), time };
}

async function grantFrom({ server, clientId }: Issuer): Promise<CodeGrant> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'state',
  });
  const answer = await fetch(`${server.authorization_endpoint}?${query}`, { redirect: 'manual' });
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  return { code, redirectUri, verifier };
}

test('a code becomes a login, whose tokens are judged by the clock of the service', async () => {
  const { simulator, issuer, time } = await simulated();
  const login = await exchangeCode(issuer, await grantFrom(issuer), time.clock);
  const ann = simulator.account('ann');
  expect(login).toEqual({
    kind: 'chatgpt',
    secret: { type: 'chatgpt', ...ann.tokens.current, lastRefreshAt: NOW },
    accountId: ann.accountId,
    userId: 'user-ann',
    email: 'ann@example.test',
    plan: 'pro',
  } satisfies Login);
  const sent = simulator.journal.at(-1);
  const headers = Object.fromEntries(sent?.headers ?? []);
  expect([headers['user-agent'], headers['originator'], sent?.body]).toEqual([
    'relay/1.2.3',
    'relay',
    {
      grant_type: 'authorization_code',
      client_id: issuer.clientId,
      code: expect.stringMatching(/^ac_/),
      redirect_uri: redirectUri,
      code_verifier: verifier,
    },
  ]);
  expect(time.waiting()).toEqual([]);
});

test('a spent code, a redirect and a fault of the service are refused in words that hold no code and no token', async () => {
  const { simulator, issuer, time } = await simulated();
  const grant = await grantFrom(issuer);
  await exchangeCode(issuer, grant, time.clock);
  const host = new URL(issuer.url).host;
  await expect(exchangeCode(issuer, grant, time.clock)).rejects.toMatchObject({
    code: 'upstream_error',
    message: `${host} refused with HTTP 400 (invalid_grant). Start the sign-in again.`,
    cause: new IssuerRefusal(host, 400, '{"error":"invalid_grant"}'),
  });
  const ann = simulator.account('ann');
  ann.script(
    { kind: 'redirect', location: 'https://elsewhere.test/', when: { endpoint: 'token' } },
    { kind: 'status', status: 503, when: { endpoint: 'token' } },
  );
  for (const status of [307, 503]) {
    await expect(exchangeCode(issuer, await grantFrom(issuer), time.clock)).rejects.toMatchObject({
      code: 'upstream_error',
      message: `${host} refused with HTTP ${status}. Start the sign-in again.`,
    });
  }
});

test('two exchanges are never on their way at once, and a failed one does not stop the next', async () => {
  const { simulator, issuer, time } = await simulated();
  const grants = [await grantFrom(issuer), await grantFrom(issuer), await grantFrom(issuer)];
  simulator.account('ann').script({ kind: 'status', status: 500, when: { endpoint: 'token' } });
  simulator.clearJournal();
  let open = 0;
  let most = 0;
  const counted: Issuer = {
    ...issuer,
    inTurn: (exchange) =>
      issuer.inTurn(async () => {
        open += 1;
        most = Math.max(most, open);
        try {
          return await exchange();
        } finally {
          open -= 1;
        }
      }),
  };
  const results = await Promise.allSettled(grants.map((grant) => exchangeCode(counted, grant, time.clock)));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(most).toBe(1);
  const [first, second, third] = simulator.journal;
  expect([first!.settledAt! <= second!.at, second!.settledAt! <= third!.at]).toEqual([true, true]);
});

const claims = (change: Record<string, unknown> = {}) => ({
  iss: 'replaced',
  aud: ['app_EMoamEEZ73f0CkXaXp7hrann'],
  sub: 'auth0|ann',
  iat: NOW / 1_000,
  exp: NOW / 1_000 + 3_600,
  'https://api.openai.com/auth': { chatgpt_account_id: 'workspace' },
  ...change,
});

async function service(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const grant: CodeGrant = { code: 'code', redirectUri, verifier };

test.each<[string, (url: string) => string | undefined, boolean]>([
  ['as it should be', (url) => signedJwt(claims({ iss: url })), true],
  ['that is missing', () => undefined, false],
  ['of another issuer', () => signedJwt(claims({ iss: 'https://evil.test' })), false],
  ['for another client', (url) => signedJwt(claims({ iss: url, aud: ['app_other'] })), false],
  ['without a signature', (url) => unsignedJwt(claims({ iss: url })), false],
  ['that has expired', (url) => signedJwt(claims({ iss: url, exp: NOW / 1_000 - 60 })), false],
  ['that names no workspace', (url) => signedJwt(claims({ iss: url, 'https://api.openai.com/auth': {} })), false],
])('an id token %s', async (_name, idToken, isAccepted) => {
  const time = createManualTime(NOW);
  const url = await service((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.setHeader('date', new Date(NOW).toUTCString());
    const id = idToken(url);
    // An access token that would name the workspace as well, were it believed.
    const access = id === undefined ? unsignedJwt(claims()) : 'eyJsecret-token';
    response.end(JSON.stringify({ access_token: access, token_type: 'Bearer', id_token: id }));
  });
  const result = await exchangeCode(issuerAt(url, time), grant, time.clock).catch((error: unknown) => error);
  if (isAccepted) return expect(result).toMatchObject({ accountId: 'workspace' });
  expect(result).toMatchObject({ code: 'upstream_invalid_response', message: expect.stringMatching(/^[^\n]+\.$/) });
  const { cause } = result as Error;
  expect(JSON.stringify([result, cause, String(cause)])).not.toContain('eyJ');
});

test('an answer that is endless, late or cut ends the exchange', async () => {
  const time = createManualTime(NOW);
  const arrived = Promise.withResolvers<void>();
  const behaviours: RequestListener[] = [
    (_request, response) => response.end('x'.repeat(300 * 1_024)),
    () => arrived.resolve(),
    (request) => request.socket.resetAndDestroy(),
  ];
  const url = await service((request, response) => behaviours.shift()?.(request, response));
  const issuer = issuerAt(url, time);
  await expect(exchangeCode(issuer, grant, time.clock)).rejects.toMatchObject({
    code: 'upstream_invalid_response',
    message: `${new URL(url).host} sent more than a sign-in service would.`,
  });
  const late = exchangeCode(issuer, grant, time.clock).catch((error: unknown) => error);
  await arrived.promise;
  time.advance(30_000);
  expect(await late).toMatchObject({ code: 'upstream_timeout' });
  await expect(exchangeCode(issuer, grant, time.clock)).rejects.toMatchObject({
    code: 'upstream_connection_error',
    message: expect.stringContaining(new URL(url).host),
  });
});
