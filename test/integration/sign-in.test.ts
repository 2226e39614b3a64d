import { createParser } from 'eventsource-parser';
import { expect, onTestFinished, test } from 'vitest';
import type { AccountView } from '../../src-shared/contract/account.ts';
import { type SignInView, signInListSchema, signInSchema } from '../../src-shared/contract/sign-in.ts';
import { createManualTime, type ManualTime } from '../support/manual-timers.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

/** A real Relay whose timers stand still, before a simulated service where Bob can sign in, whom Relay does not know. */
async function scene(options: RunningRelayOptions = {}): Promise<{ running: RunningRelay; time: ManualTime }> {
  const time = createManualTime(Date.now());
  const bob = { name: 'bob', kind: 'chatgpt' as const, plan: 'pro' };
  const running = await startRelay({ strangers: [bob], time, ...options });
  onTestFinished(() => running.stop());
  running.simulator.signInAs('bob');
  return { running, time };
}

async function ask(running: RunningRelay, method: string, path: string, body?: object) {
  const response = await fetch(`${running.url}/api/accounts${path}`, {
    method,
    headers: { authorization: `Bearer ${running.apiToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const start = async (running: RunningRelay, body: object): Promise<SignInView> =>
  signInSchema.parse((await ask(running, 'POST', '/sign-ins', body)).body);

async function callbackOf({ url }: SignInView): Promise<string> {
  return (await fetch(url ?? '', { redirect: 'manual' })).headers.get('location') ?? '';
}

async function until(running: RunningRelay, id: string, state: SignInView['state']): Promise<SignInView> {
  return expect
    .poll(async () => (await ask(running, 'GET', `/sign-ins/${id}`)).body, { timeout: 20_000 })
    .toMatchObject({ state })
    .then(async () => signInSchema.parse((await ask(running, 'GET', `/sign-ins/${id}`)).body));
}

const accountsOf = (running: RunningRelay): AccountView[] => running.relay.accounts.views();

test('a browser sign-in over the API makes an account that serves the next call, with its tokens in the secret store alone', async () => {
  const { running } = await scene({ accounts: [] });
  const started = await start(running, { method: 'browser', label: 'mine' });
  expect(started).toMatchObject({ method: 'browser', state: 'waiting', accountId: null });
  const page = await fetch(await callbackOf(started));
  const [account] = accountsOf(running);
  expect([page.status, await page.text(), account]).toEqual([
    200,
    expect.stringContaining('Signed in: the account mine was added. You can close this page.'),
    expect.objectContaining({ label: 'mine', email: 'bob@example.test', plan: 'pro', linkedFile: null }),
  ]);
  expect(await until(running, started.id, 'done')).toMatchObject({ accountId: account!.id, url: null });

  await expect.poll(() => accountsOf(running)[0]!.models.length, { timeout: 20_000 }).toBeGreaterThan(0);
  const answer = await fetch(`${running.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
  });
  expect(answer.status).toBe(200);
  await answer.text();
  expect(running.simulator.modelRequests().map(({ account: name, status }) => [name, status])).toEqual([['bob', 200]]);

  const { entries } = await running.relay.accounts.audit.list({ limit: 10 });
  expect(entries.filter(({ what }) => what === 'signed-in')).toMatchObject([{ actor: 'api', accountLabel: 'mine' }]);
  const shown = JSON.stringify([await ask(running, 'GET', ''), await ask(running, 'GET', '/sign-ins'), entries]);
  for (const token of Object.values(running.simulator.account('bob').tokens.current))
    expect(shown).not.toContain(token);
  expect(JSON.parse((await running.relay.secrets.get(`account/${account!.id}`)) ?? '')).toMatchObject(
    running.simulator.account('bob').tokens.current,
  );
  expect(running.logged).toEqual([]);
});

test('a device sign-in needs no browser here, and a pasted address no port', async () => {
  const { running, time } = await scene({ accounts: [], simulator: { signIn: { devicePendingPolls: 1 } } });
  const device = await start(running, { method: 'device' });
  expect(device).toMatchObject({ method: 'device', userCode: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{5}$/) });
  for (const _poll of [1, 2]) {
    await time.untilSet(1_000);
    time.advance(1_000);
  }
  expect(await until(running, device.id, 'done')).toMatchObject({
    userCode: null,
    message: 'Signed in: the account bob@example.test was added.',
  });

  const pasted = await start(running, { method: 'paste' });
  const finished = await ask(running, 'POST', `/sign-ins/${pasted.id}/callback`, { url: await callbackOf(pasted) });
  expect(finished).toEqual({
    status: 200,
    body: expect.objectContaining({
      state: 'done',
      message: 'Signed in: the account bob@example.test has a new login.',
      accountId: accountsOf(running)[0]!.id,
    }),
  });
  expect(accountsOf(running).length).toBe(1);
});

test('signing an account in again takes that login alone, and makes a refused one well (A-06)', async () => {
  const { running, time } = await scene();
  const [ann] = accountsOf(running);
  const before = await running.relay.secrets.get(`account/${ann!.id}`);
  running.relay.accounts.needsSignIn(ann!.id, 'The login was revoked.');

  const wrong = await start(running, { method: 'browser', accountId: ann!.id });
  expect(wrong.accountId).toBe(ann!.id);
  const page = await fetch(await callbackOf(wrong));
  expect([page.status, await until(running, wrong.id, 'failed')]).toEqual([
    400,
    expect.objectContaining({
      message: expect.stringMatching(
        /^You signed in as bob@example\.test, which is not the account a\. Nothing was changed\./,
      ),
    }),
  ]);
  expect([accountsOf(running).length, await running.relay.secrets.get(`account/${ann!.id}`)]).toEqual([1, before]);
  expect(accountsOf(running)[0]!.health.state).toBe('needs-sign-in');

  running.simulator.signInAs('a');
  const right = await start(running, { method: 'browser', accountId: ann!.id });
  await (await fetch(await callbackOf(right))).text();
  expect(await until(running, right.id, 'done')).toMatchObject({
    accountId: ann!.id,
    message: 'Signed in: the account a has a new login.',
  });
  expect(accountsOf(running)[0]!.health.state).toBe('ready');

  const refusals = [
    await ask(running, 'POST', '/sign-ins', { method: 'browser', accountId: 'acc_gone' }),
    await ask(running, 'GET', '/sign-ins/signin_gone'),
    await ask(running, 'POST', `/sign-ins/${right.id}/callback`, { url: 'http://127.0.0.1:1455/auth/callback?code=1' }),
    await ask(running, 'POST', '/sign-ins', { method: 'carrier pigeon' }),
  ];
  expect(refusals.map(({ status, body }) => [status, body.error.code])).toEqual([
    [404, 'not_found'],
    [404, 'not_found'],
    [409, 'conflict'],
    [400, 'invalid_value'],
  ]);
  expect(time.waiting().includes(5 * 60_000)).toBe(false);
});

test('live events tell of a sign-in as it begins and as it ends', async () => {
  const { running, time } = await scene();
  const seen: SignInView[][] = [];
  const stream = await fetch(`${running.url}/api/events`, { headers: { authorization: `Bearer ${running.apiToken}` } });
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'sign-in') seen.push(signInListSchema.parse(JSON.parse(data)).signIns);
    },
  });
  const reading = (async () => {
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) parser.feed(chunk);
  })().catch(() => undefined);
  const { id } = await start(running, { method: 'browser' });
  await expect.poll(() => seen.at(-1)?.map(({ state }) => state), { timeout: 20_000 }).toEqual(['waiting']);
  const cancelled = await ask(running, 'DELETE', `/sign-ins/${id}`);
  expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled', url: null } });
  await expect.poll(() => seen.at(-1)?.map(({ state }) => state), { timeout: 20_000 }).toEqual(['cancelled']);
  expect(time.waiting().includes(5 * 60_000)).toBe(false);
  await running.relay.stop();
  await reading;
});

test('a login that another program refreshes is imported over the API only when that is accepted', async () => {
  const { running } = await scene({ accounts: [] });
  const content = running.simulator.account('bob').authJson();
  const refused = await ask(running, 'POST', '', { type: 'auth-json', content });
  expect(refused).toEqual({
    status: 409,
    body: {
      error: {
        message:
          'The program that this login comes from uses it too, and each refresh token works once: sooner or later one of ' +
          'the two is signed out. Better sign in with a login of Relay’s own (relay login); to import it all the same: ' +
          '--yes in the command line, acceptShared in the API.',
        type: 'invalid_request_error',
        param: 'acceptShared',
        code: 'conflict',
      },
    },
  });
  expect(accountsOf(running)).toEqual([]);
  const accepted = await ask(running, 'POST', '', { type: 'auth-json', content, acceptShared: true });
  expect([accepted.status, accepted.body.label]).toEqual([201, 'bob@example.test']);
});

test('an API key, a base URL with a key and a personal token are tried by one real call before they are kept', async () => {
  const { running } = await scene({
    accounts: [],
    strangers: [
      { name: 'bob', kind: 'chatgpt' },
      { name: 'key', kind: 'openai', models: ['gpt-5.5'] },
    ],
  });
  const { simulator, relay } = running;
  const add = (apiKey: string, more: object = {}) => ask(running, 'POST', '', { type: 'api-key', apiKey, ...more });
  const wrong = await add('sk-wrong');
  const nobody = await add('sk-any', { baseUrl: 'http://127.0.0.1:9/v1' });
  expect([wrong.status, wrong.body.error, nobody.status, nobody.body.error]).toEqual([
    400,
    expect.objectContaining({
      code: 'invalid_value',
      param: 'apiKey',
      message: expect.stringContaining('does not accept this API key'),
    }),
    502,
    expect.objectContaining({
      code: 'upstream_connection_error',
      param: 'unchecked',
      message:
        '127.0.0.1:9 could not be reached: the connection was refused. So it could not be checked and was not kept; to ' +
        'keep it all the same: --unchecked.',
    }),
  ]);
  expect(accountsOf(running)).toEqual([]);
  expect(simulator.journal.map(({ path, status }) => [path, status])).toEqual([['/v1/models', 401]]);
  simulator.clearJournal();

  const good = await add(simulator.account('key').apiKey);
  const kept = await add('sk-any', { baseUrl: 'http://127.0.0.1:9/v1', unchecked: true });
  const personal = await add(simulator.account('bob').tokens.issuePersonal());
  expect([good, kept, personal].map(({ status, body }) => [status, body.label, body.kind, body.plan])).toEqual([
    [201, 'OpenAI API', 'openai', null],
    [201, '127.0.0.1:9', 'openai', null],
    [201, 'bob@example.test', 'chatgpt', 'plus'],
  ]);
  expect([good.body.models, personal.body.models.length > 0]).toEqual([['gpt-5.5'], true]);
  // One call for the key: it is the check, and it reads the models.
  expect(simulator.journal.filter(({ path }) => path === '/v1/models').length).toBe(1);
  expect(relay.accounts.list().length).toBe(3);
});
