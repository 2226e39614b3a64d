import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { NOW, signInWorld } from './sign-in-world.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

test('a device sign-in shows a code, asks at the interval that the service names, and keeps the login', async () => {
  const { signIns, simulator, issuer, time, enrolled, ended } = await signInWorld();
  const started = await signIns.start({ method: 'device', accountId: 'acc_9' }, 'cli');
  expect(started).toEqual({
    id: expect.stringMatching(/^signin_/),
    method: 'device',
    state: 'waiting',
    url: `${issuer.url}/codex/device`,
    userCode: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{5}$/),
    accountId: 'acc_9',
    message: 'Open the address on any device, sign in, and type in the code. Go on only if you asked for it yourself.',
    startedAt: NOW,
    expiresAt: NOW + 15 * MINUTE,
  });
  const paths = () => simulator.journal.map(({ path, status }) => `${path} ${status}`);
  const poll = '/api/accounts/deviceauth/token';
  for (const polls of [1, 2, 3]) {
    await time.untilSet(SECOND);
    time.advance(SECOND - 1);
    expect(paths().filter((path) => path.startsWith(poll)).length).toBe(polls - 1);
    time.advance(1);
  }
  expect(await ended(started.id)).toEqual({
    ...started,
    state: 'done',
    url: null,
    userCode: null,
    accountId: 'acc_1',
    message: 'Kept ann@example.test.',
  });
  expect(paths()).toEqual([
    '/api/accounts/deviceauth/usercode 200',
    `${poll} 403`,
    `${poll} 403`,
    `${poll} 200`,
    '/oauth/token 200',
  ]);
  const { tokens } = simulator.account('ann');
  expect(enrolled).toMatchObject([
    { login: { secret: { ...tokens.current } }, wish: { method: 'device', accountId: 'acc_9' }, by: 'cli' },
  ]);
  expect(time.waiting()).toEqual([]);
});

test('a service that fails for a while, is late or asks for patience does not end it', async () => {
  const { signIns, simulator, time, ended } = await signInWorld({ simulator: { signIn: { devicePendingPolls: 0 } } });
  const when = { endpoint: 'device-poll' as const };
  simulator
    .account('ann')
    .script(
      { kind: 'status', status: 503, when },
      { kind: 'cut', at: 'before-headers', when },
      { kind: 'status', status: 404, when },
      { kind: 'status', status: 429, when },
    );
  const { id } = await signIns.start({ method: 'device' }, 'cli');
  for (let polls = 0; polls < 4; polls += 1) {
    await time.untilSet(SECOND);
    time.advance(SECOND);
  }
  await time.untilSet(2 * SECOND);
  time.advance(2 * SECOND);
  expect(await ended(id)).toMatchObject({ state: 'done' });
});

test('it gives up after 15 minutes and asks no more', async () => {
  const { signIns, simulator, time } = await signInWorld({ simulator: { signIn: { devicePendingPolls: 1e9 } } });
  const { id } = await signIns.start({ method: 'device' }, 'cli');
  await time.untilSet(SECOND);
  time.advance(15 * MINUTE);
  expect(signIns.get(id)).toMatchObject({
    state: 'expired',
    userCode: null,
    message: 'The code was not typed in in time. Start the sign-in again.',
  });
  await expect.poll(() => simulator.journal.every(({ status }) => status !== null), { timeout: 20_000 }).toBe(true);
  expect(time.waiting()).toEqual([]);
});

test('a cancelled one asks no more', async () => {
  const { signIns, simulator, time } = await signInWorld();
  const { id } = await signIns.start({ method: 'device' }, 'cli');
  signIns.cancel(id);
  expect(time.waiting()).toEqual([]);
  time.advance(MINUTE);
  expect([signIns.get(id).state, simulator.journal.length, time.waiting()]).toEqual(['cancelled', 1, []]);
});

test('where the workspace has no device codes it says so, and what to do instead', async () => {
  const { signIns } = await signInWorld({ simulator: { signIn: { deviceSignIn: false } } });
  await expect(signIns.start({ method: 'device' }, 'cli')).rejects.toMatchObject({
    code: 'upstream_error',
    message:
      'The sign-in service does not offer device codes for this workspace. Sign in with a browser instead, or switch on ' +
      'device code sign-in in the security settings of ChatGPT.',
  });
  expect(signIns.list()).toEqual([]);
});

async function service(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the older spelling, a number as interval and a longer validity are understood; refusal for good ends it', async () => {
  const answers = [
    { device_auth_id: 'd', usercode: 'AB12-CD345', interval: 3, expires_at: new Date(NOW + 60 * MINUTE).toISOString() },
    { error: 'access_denied' },
  ];
  const issuerUrl = await service((_request, response) => {
    const answer = answers.shift();
    response.writeHead(answer !== undefined && 'error' in answer ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  const { signIns, time, ended } = await signInWorld({ issuerUrl });
  const started = await signIns.start({ method: 'device' }, 'cli');
  expect([started.userCode, started.expiresAt]).toEqual(['AB12-CD345', NOW + 15 * MINUTE]);
  time.advance(3 * SECOND);
  const { host } = new URL(issuerUrl);
  expect(await ended(started.id)).toMatchObject({
    state: 'failed',
    message: `${host} refused with HTTP 400 (access_denied). Start the sign-in again.`,
  });
});

test('an answer without a code is refused in words', async () => {
  const issuerUrl = await service((_request, response) => response.end('{"device_auth_id":"d"}'));
  const { signIns } = await signInWorld({ issuerUrl });
  await expect(signIns.start({ method: 'device' }, 'cli')).rejects.toMatchObject({ code: 'upstream_invalid_response' });
});
