import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { callbackOf, NOW, sentenceOf, signInWorld, visit } from './sign-in-world.ts';

const MINUTE = 60_000;
const foreign = 'This is not an answer to a sign-in that Relay waits for. Nothing was changed.';

test('a browser sign-in asks with PKCE, takes the code at the loopback callback and keeps the login', async () => {
  const { signIns, simulator, issuer, time, enrolled } = await signInWorld();
  const started = await signIns.start({ method: 'browser', label: 'mine' }, 'cli');
  const url = new URL(started.url ?? '');
  const query = Object.fromEntries(url.searchParams);
  expect(started).toEqual({
    id: expect.stringMatching(/^signin_[0-9a-f]{16}$/),
    method: 'browser',
    state: 'waiting',
    url: url.href,
    userCode: null,
    accountId: null,
    message: 'Open the address in a browser on this machine and sign in.',
    startedAt: NOW,
    expiresAt: NOW + 5 * MINUTE,
  });
  expect([url.origin + url.pathname, query]).toEqual([
    `${issuer.url}/oauth/authorize`,
    {
      response_type: 'code',
      client_id: issuer.clientId,
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/auth\/callback$/),
      scope: 'openid profile email offline_access',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      id_token_add_organizations: 'true',
      codex_cli_simplified_flow: 'true',
      state: expect.stringMatching(/^[\w-]{43}$/),
      originator: 'relay',
    },
  ]);

  const page = await visit(await callbackOf(started));
  expect([page.status, sentenceOf(page)]).toEqual([200, 'Kept ann@example.test. You can close this page.']);
  expect(page.text).not.toMatch(/<script|ac_|state/);
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  expect(signIns.get(started.id)).toEqual({
    ...started,
    state: 'done',
    url: null,
    accountId: 'acc_1',
    message: 'Kept ann@example.test.',
  });
  const { tokens } = simulator.account('ann');
  expect(enrolled).toEqual([
    {
      login: expect.objectContaining({ secret: { type: 'chatgpt', ...tokens.current, lastRefreshAt: NOW } }),
      wish: { method: 'browser', label: 'mine' },
      by: 'cli',
    },
  ]);
  const shown = JSON.stringify(signIns.list());
  for (const token of Object.values(tokens.current)) expect(shown).not.toContain(token);
  // The port is free again, and nothing runs on.
  await expect(visit(query['redirect_uri']!)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(time.waiting()).toEqual([]);
});

test('other people’s text on the page is text', async () => {
  const message = `Kept <img src=x onerror="alert('1')"> & co.`;
  const { signIns } = await signInWorld({ enrol: async () => ({ accountId: 'acc_1', message }) });
  const page = await visit(await callbackOf(await signIns.start({ method: 'browser' }, 'cli')));
  expect([sentenceOf(page), signIns.list()[0]?.message]).toEqual([
    'Kept &#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62; &#38; co. You can close this page.',
    message,
  ]);
});

test('the state may carry the entry point that the service appends', async () => {
  const { signIns } = await signInWorld();
  const started = await signIns.start({ method: 'browser' }, 'cli');
  const callback = await callbackOf(started);
  callback.searchParams.set('state', `${callback.searchParams.get('state')}.onboarding_entrypoint=codex`);
  expect((await visit(callback)).status).toBe(200);
});

test('a wrong, missing or doubled state, no code, another host or path: 400 or 404, no exchange, and the sign-in waits on', async () => {
  const { signIns, simulator, enrolled } = await signInWorld();
  const started = await signIns.start({ method: 'browser' }, 'cli');
  const good = await callbackOf(started);
  simulator.clearJournal();
  const changed = (change: (url: URL) => void): URL => {
    const url = new URL(good);
    change(url);
    return url;
  };
  const evil = '<script>alert(1)</script>';
  const pages = [
    await visit(changed((url) => url.searchParams.set('state', 'wrong'))),
    await visit(changed((url) => url.searchParams.set('state', `${url.searchParams.get('state')}x`))),
    await visit(changed((url) => url.searchParams.delete('state'))),
    await visit(changed((url) => url.searchParams.append('state', 'other'))),
    await visit(changed((url) => url.searchParams.delete('code'))),
    await visit(changed((url) => url.searchParams.append('code', 'other'))),
    await visit(changed((url) => url.searchParams.set('iss', 'https://evil.test'))),
    await visit(changed((url) => url.searchParams.set('error', evil)).href.replace(/state=[^&]+/, 'state=wrong')),
  ];
  expect(pages.map((page) => [page.status, sentenceOf(page)])).toEqual(pages.map(() => [400, foreign]));
  const port = good.port;
  const others = [
    await visit(good, { host: `attacker.test:${port}` }),
    await visit(good, { host: '127.0.0.1:1' }),
    await visit(good, { host: `127.0.0.1.nip.io:${port}` }),
    await visit(good, {}, 'POST'),
    await visit(`http://127.0.0.1:${port}/`),
    await visit(`http://127.0.0.1:${port}/cancel`),
  ];
  expect(others.map(({ status }) => status)).toEqual([400, 400, 400, 404, 404, 404]);
  expect([...pages, ...others].filter(({ text }) => text.includes('script') || text.includes('evil'))).toEqual([]);
  expect(simulator.journal).toEqual([]);
  expect([enrolled, signIns.get(started.id).state]).toEqual([[], 'waiting']);
  expect((await visit(good, { host: `localhost:${port}` })).status).toBe(200);
});

test('a replayed callback gets 400 and no second exchange, also while the first is still on its way', async () => {
  const gate = Promise.withResolvers<void>();
  const { signIns, simulator, enrolled } = await signInWorld({
    async enrol() {
      await gate.promise;
      return { accountId: 'acc_1', message: 'Kept.' };
    },
  });
  const first = await signIns.start({ method: 'browser' }, 'cli');
  // A second sign-in keeps the port open.
  await signIns.start({ method: 'browser' }, 'cli');
  const callback = await callbackOf(first);
  const page = visit(callback);
  const early = visit(callback);
  gate.resolve();
  const statuses = [(await page).status, (await early).status].sort();
  expect([statuses, (await visit(callback)).status]).toEqual([[200, 400], 400]);
  expect([enrolled.length, simulator.journal.filter(({ path }) => path === '/oauth/token').length]).toEqual([1, 1]);
});

test.each([
  [
    'access_denied',
    'missing_codex_entitlement',
    'This workspace does not include Codex. Choose another workspace, or ask its administrator for access.',
  ],
  ['access_denied', '<script>', 'The sign-in was declined in the browser. Start it again if that was a mistake.'],
  ['server_error', '<script>', 'The sign-in service refused the sign-in. Start it again.'],
])('%s (%s) from the service is told in words', async (error, description, sentence) => {
  const { signIns, simulator, enrolled } = await signInWorld();
  simulator.account('ann').script({ kind: 'denied', error, description, when: { endpoint: 'authorize' } });
  const started = await signIns.start({ method: 'browser' }, 'cli');
  const page = await visit(await callbackOf(started));
  expect([page.status, sentenceOf(page)]).toEqual([400, sentence]);
  expect([signIns.get(started.id), enrolled]).toEqual([
    { ...started, state: 'failed', url: null, message: sentence },
    [],
  ]);
  expect(simulator.journal.map(({ path }) => path)).toEqual(['/oauth/authorize']);
});

test('what goes wrong in the exchange or in the store ends the sign-in in words', async () => {
  const refusal = new RelayError('conflict', { message: 'You signed in as somebody else.' });
  const errors: Error[] = [refusal, new Error('disk: rt_secret')];
  const { signIns, simulator, failures } = await signInWorld({ enrol: async () => Promise.reject(errors.shift()) });
  simulator.account('ann').script({ kind: 'status', status: 503, when: { endpoint: 'token' } });
  const ends: unknown[] = [];
  for (let count = 0; count < 3; count += 1) {
    const started = await signIns.start({ method: 'browser' }, 'cli');
    const page = await visit(await callbackOf(started));
    const { state, message } = signIns.get(started.id);
    ends.push([page.status, state, message, sentenceOf(page) === message]);
  }
  expect(ends).toEqual([
    [400, 'failed', expect.stringContaining('refused with HTTP 503'), true],
    [400, 'failed', 'You signed in as somebody else.', true],
    [400, 'failed', 'Something went wrong inside Relay, and the login was not kept. Start the sign-in again.', true],
  ]);
  expect(failures).toEqual([new Error('disk: rt_secret')]);
});

test('a login that has come is kept before Relay ends', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { signIns } = await signInWorld({
    async enrol() {
      begun.resolve();
      await gate.promise;
      return { accountId: 'acc_1', message: 'Kept.' };
    },
  });
  const { id } = await signIns.start({ method: 'browser' }, 'cli');
  const page = visit(await callbackOf(signIns.get(id)));
  await begun.promise;
  let isStopped = false;
  const stopped = signIns.stop().then(() => {
    isStopped = true;
  });
  expect([signIns.cancel(id).state, isStopped]).toEqual(['waiting', false]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isStopped).toBe(false);
  gate.resolve();
  await stopped;
  expect([(await page).status, signIns.get(id).state]).toEqual([200, 'done']);
});

test('what nobody finishes lets its port go after 5 minutes', async () => {
  const { signIns, time, enrolled } = await signInWorld();
  const started = await signIns.start({ method: 'browser' }, 'cli');
  const callback = await callbackOf(started);
  time.advance(5 * MINUTE - 1);
  expect(signIns.get(started.id).state).toBe('waiting');
  time.advance(1);
  expect(signIns.get(started.id)).toEqual({
    ...started,
    state: 'expired',
    url: null,
    message: 'Nobody signed in within 5 minutes. Start the sign-in again.',
  });
  await expect(visit(callback)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(enrolled).toEqual([]);
});

test('a cancelled sign-in keeps nothing, even when its code was on its way', async () => {
  const { signIns, simulator, time, enrolled } = await signInWorld();
  const started = await signIns.start({ method: 'browser' }, 'cli');
  const callback = await callbackOf(started);
  simulator.account('ann').script({ kind: 'silence', at: 'before-headers', ms: 1_000, when: { endpoint: 'token' } });
  const page = visit(callback);
  await time.untilSet(1_000);
  expect(signIns.get(started.id).state).toBe('waiting');
  expect(signIns.cancel(started.id)).toMatchObject({ state: 'cancelled', message: 'The sign-in was cancelled.' });
  time.advance(1_000);
  const { status } = await page;
  expect([status, simulator.journal.at(-1)?.status, enrolled]).toEqual([400, 200, []]);
  expect(signIns.cancel(started.id).state).toBe('cancelled');
});

test('the callback listens on 127.0.0.1 and on no other interface', async () => {
  const { signIns } = await signInWorld();
  const started = await signIns.start({ method: 'browser' }, 'cli');
  const { port } = await callbackOf(started);
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  for (const address of ['127.0.0.2', ...others]) {
    await expect(visit(`http://${address}:${port}/auth/callback`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  }
});

/** Another program on a port. It counts who comes. */
async function stranger(): Promise<{ port: number; visitors: () => number }> {
  let visitors = 0;
  const server = createServer((socket) => {
    visitors += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, visitors: () => visitors };
}

test('where the first port is taken the second is used', async () => {
  const { port, visitors } = await stranger();
  const { signIns } = await signInWorld({ callbackPorts: [port, 0] });
  const started = await signIns.start({ method: 'browser' }, 'cli');
  const callback = await callbackOf(started);
  expect([callback.port === String(port), (await visit(callback)).status, visitors()]).toEqual([false, 200, 0]);
});

test('where both ports are taken it says by whom, and how to sign in nevertheless; no stranger gets anything', async () => {
  const [a, b] = [await stranger(), await stranger()];
  const { signIns, simulator } = await signInWorld({
    callbackPorts: [a.port, b.port],
    holderOf: async (port) => (port === a.port ? { name: 'codex', pid: 4711 } : null),
  });
  await expect(signIns.start({ method: 'browser' }, 'cli')).rejects.toMatchObject({
    code: 'conflict',
    status: 409,
    message:
      `The sign-in cannot come back to this machine: codex (process 4711) holds port ${a.port} and another program ` +
      `holds port ${b.port}. End that program and try again, use a device code (relay login --device), or paste the ` +
      'address that the browser ends at (relay login --paste).',
  });
  expect([signIns.list(), simulator.journal, a.visitors(), b.visitors()]).toEqual([[], [], 0, 0]);

  // B-11: the third way needs no port at all.
  const pasted = await signIns.start({ method: 'paste' }, 'cli');
  const address = await callbackOf(pasted);
  expect([address.port, (await signIns.paste(pasted.id, ` ${address.href}\n`)).state, a.visitors()]).toEqual([
    String(a.port),
    'done',
    0,
  ]);
});

test('a pasted address must be the one that the sign-in ends at, and counts once', async () => {
  const { signIns, enrolled } = await signInWorld();
  const started = await signIns.start({ method: 'browser' }, 'cli');
  const other = await signIns.start({ method: 'paste' }, 'cli');
  const address = (await callbackOf(started)).href;
  const wrong = [
    'code=1',
    '',
    'https://chatgpt.com/',
    (await callbackOf(other)).href,
    address.replace(/state=[^&]+/, 'state='),
  ];
  for (const text of wrong) {
    await expect(signIns.paste(started.id, text)).rejects.toMatchObject({
      code: 'invalid_value',
      param: 'url',
      message:
        'This is not the address that this sign-in ends at. Copy the whole address, from http to its end, out of the browser.',
    });
  }
  expect([signIns.get(started.id).state, enrolled]).toEqual(['waiting', []]);
  expect((await signIns.paste(started.id, address)).state).toBe('done');
  await expect(signIns.paste(started.id, address)).rejects.toMatchObject({ code: 'conflict' });
  expect(enrolled.length).toBe(1);
});

test('sign-ins are bounded: eight wait at most, and the last twenty are kept', async () => {
  const { signIns } = await signInWorld();
  const waiting = await Promise.allSettled(
    Array.from({ length: 12 }, () => signIns.start({ method: 'browser' }, 'cli')),
  );
  expect(waiting.filter(({ status }) => status === 'fulfilled').length).toBe(8);
  await expect(signIns.start({ method: 'device' }, 'cli')).rejects.toMatchObject({
    code: 'conflict',
    message: 'Too many sign-ins wait already. Finish or cancel one first.',
  });
  const [kept] = signIns.list();
  for (const { id } of signIns.list().slice(1)) signIns.cancel(id);
  for (let count = 0; count < 30; count += 1) signIns.cancel((await signIns.start({ method: 'paste' }, 'cli')).id);
  expect([signIns.list().length, signIns.get(kept!.id).state]).toEqual([20, 'waiting']);
  await signIns.stop();
  expect(signIns.get(kept!.id)).toMatchObject({
    state: 'cancelled',
    message: 'Relay ended before the sign-in was finished.',
  });
  expect(() => signIns.get('signin_unknown')).toThrow('There is no such sign-in. Start a new one.');
});
