import { afterEach, expect, test } from 'vitest';
import { decisionSchema } from '../../src-shared/contract/decision.ts';
import { replayReportSchema, routingSchema } from '../../src-shared/contract/routing.ts';
import { rawCall } from '../support/raw-call.ts';
import { makeRelayHome, runRelay } from '../support/relay-process.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

const pool = async (names: readonly string[]): Promise<RunningRelay> => {
  running = await startRelay({
    accounts: names.map((name) => ({ name, kind: 'chatgpt' })),
    settings: { 'routing.strategy': 'fill-first' },
  });
  return running;
};

const call = (relay: RunningRelay, conversation: string) =>
  rawCall(relay.url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', stream: true, input: 'sim:say hello', prompt_cache_key: conversation }),
  });

const ask = async (relay: RunningRelay, path: string, body?: object) => {
  const answer = await rawCall(relay.url, {
    method: body === undefined ? 'GET' : 'POST',
    path: `/api/routing${path}`,
    headers: { authorization: `Bearer ${relay.apiToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: JSON.parse(answer.text) };
};

/** What has reached the upstream, and what is remembered of choices. */
const traces = async (relay: RunningRelay) => ({
  requests: relay.simulator.modelRequests().length,
  calls: (await relay.calls()).length,
  stats: routingSchema
    .parse((await ask(relay, '')).json)
    .stats.map(({ accountId, served, tried }) => [accountId, Math.round(served), Math.round(tried)]),
});

test('a preview shows where a call would go and why, and leaves no trace', async () => {
  const relay = await pool(['a', 'b', 'c']);
  await call(relay, 'thread');
  const [, b, c] = relay.relay.accounts.list();
  await relay.relay.accounts.as('api').setEnabled(c!.id, false);
  const narrow = await relay.relay.keys.create({ name: 'narrow', accounts: ['b'] });
  const before = await traces(relay);
  const conversation = (await relay.calls())[0]!.conversationId;

  const questions = [
    {},
    { conversation },
    { key: 'narrow' },
    { key: narrow.key.id, without: ['b'] },
    { model: 'gpt-0' },
  ];
  const answers = [];
  for (const question of questions) {
    const { status, json } = await ask(relay, '/preview', question);
    const { reason, conversation: held, candidates } = decisionSchema.parse(json);
    answers.push([status, reason, held !== null, candidates.map(({ gate }) => gate?.code ?? null)]);
  }
  expect(answers).toEqual([
    [200, 'a is 0.33 ahead of b: place 1 in your order.', false, [null, null, 'disabled']],
    [200, 'a is 0.41 ahead of b: place 1 in your order.', true, [null, null, 'disabled']],
    [200, 'b is the only account that can serve.', false, ['not-allowed', null, 'disabled']],
    [200, expect.stringContaining('No account can serve: a: '), false, ['not-allowed', 'left-out', 'disabled']],
    [200, expect.stringContaining('It does not offer gpt-0.'), false, ['lacks-model', 'lacks-model', 'disabled']],
  ]);
  expect((await ask(relay, '/preview', { strategy: 'balanced', weights: { order: 0, turn: 5 } })).json).toMatchObject({
    strategy: 'balanced',
    chosenId: b!.id,
  });
  expect([
    await ask(relay, '/preview', { without: ['nobody'] }),
    await ask(relay, '/preview', { key: 'nobody' }),
  ]).toMatchObject([
    { status: 404, json: { error: { message: 'There is no account "nobody".', param: 'without' } } },
    { status: 404, json: { error: { message: 'There is no key "nobody".', param: 'key' } } },
  ]);
  expect(await traces(relay)).toEqual(before);
});

test('a preview says whether a metered key may stand in for a subscription (R-11)', async () => {
  running = await startRelay({
    accounts: [
      { name: 'login', kind: 'chatgpt' },
      { name: 'key', kind: 'openai' },
    ],
    settings: { 'overflow.dailyMicroUsd': 1_000_000 },
  });
  const relay = running;
  const [login] = relay.relay.accounts.list();
  login!.needsSignIn = 'The login has expired.';
  await relay.relay.keys.create({ name: 'thrifty' });
  await relay.relay.keys.create({ name: 'rich', overflow: true });
  const preview = async (key: string) => {
    const { reason, candidates } = decisionSchema.parse((await ask(relay, '/preview', { model: 'gpt-5.5', key })).json);
    return [reason, candidates.map(({ gate }) => gate?.code ?? null)];
  };
  expect(await preview('rich')).toEqual([
    'key is the only account that can serve. It is a metered key in place of a subscription.',
    ['needs-sign-in', null],
  ]);
  expect(await preview('thrifty')).toEqual([
    'No account can serve: login: The login has expired. ' +
      'key: A metered key stands in for subscriptions only where the key of the call allows it.',
    ['needs-sign-in', 'overflow'],
  ]);
  await relay.relay.settings.patch({ 'overflow.dailyMicroUsd': 0 });
  expect((await preview('rich'))[0]).toContain('key: The daily ceiling for metered keys is reached.');
});

test('the state of routing names strategy, weights, ties, breakers and what each account did lately', async () => {
  const relay = await pool(['a', 'b']);
  for (let failure = 0; failure < 5; failure += 1) {
    relay.simulator.account('a').script({ kind: 'status', status: 500, body: {} });
    await call(relay, `thread ${failure}`);
  }
  const view = routingSchema.parse((await ask(relay, '')).json);
  expect([view.strategy, view.weights['order']]).toEqual(['fill-first', 1]);
  expect(
    view.stats.map(({ accountLabel, model, served, tried, ttftMs }) => [
      accountLabel,
      model,
      served,
      Math.round(tried),
      ttftMs !== null,
    ]),
  ).toEqual([
    ['a', 'gpt-5.5', 0, 5, false],
    ['b', 'gpt-5.5', expect.closeTo(5, 1), 5, true],
  ]);
  expect({ ...view, weights: {}, stats: [] }).toEqual({
    strategy: 'fill-first',
    weights: {},
    stats: [],
    conversations: 5,
    breakers: [
      {
        accountId: relay.relay.accounts.list()[0]!.id,
        accountLabel: 'a',
        model: 'gpt-5.5',
        state: 'open',
        until: expect.any(Number),
      },
    ],
    offline: false,
    overflow: { spentMicroUsd: 0, ceilingMicroUsd: expect.any(Number) },
  });
});

test('a replay of the log shows what another strategy or an account less would have done, without a call', async () => {
  const relay = await pool(['a', 'b', 'c']);
  for (let conversation = 0; conversation < 6; conversation += 1) await call(relay, `thread ${conversation}`);
  await relay.relay.ledger.flush();
  const before = await traces(relay);

  const replayed = async (question: object) => {
    const report = replayReportSchema.parse((await ask(relay, '/replay', question)).json);
    return [
      report.calls,
      report.reproduced,
      report.changed,
      report.accounts.map(({ accountLabel, calls }) => [accountLabel, calls.actual, calls.replayed]),
    ];
  };
  expect(await replayed({})).toEqual([6, 1, 0, [['a', 6, 6]]]);
  expect(await replayed({ strategy: 'round-robin' })).toEqual([
    6,
    1,
    4,
    [
      ['a', 6, 2],
      ['b', 0, 2],
      ['c', 0, 2],
    ],
  ]);
  expect(await replayed({ without: ['a'] })).toEqual([
    6,
    1,
    6,
    [
      ['a', 6, 0],
      ['b', 0, 6],
    ],
  ]);
  expect(await replayed({ since: Date.now() + 60_000 })).toEqual([0, null, 0, []]);
  expect(await traces(relay)).toEqual(before);
});

test('relay route explains on the command line', async () => {
  const relay = await pool(['a', 'b']);
  await call(relay, 'thread');
  await relay.relay.ledger.flush();
  const home = makeRelayHome({ RELAY_HOME: relay.relay.status().dataDir });
  try {
    const dryRun = await runRelay(home, ['route', '--dry-run', '--without', 'a', '--json']);
    expect([dryRun.code, decisionSchema.parse(JSON.parse(dryRun.stdout)).reason]).toEqual([
      0,
      'b is the only account that can serve.',
    ]);
    const words = await runRelay(home, ['route', '--dry-run', '--model', 'gpt-5.5', '--key', 'test']);
    expect(words.stdout).toContain(
      'a is 0.50 ahead of b: place 1 in your order.\nStrategy fill-first, model gpt-5.5\n',
    );
    const replay = await runRelay(home, ['route', '--replay', '24h', '--without', 'a', '--json']);
    expect(replayReportSchema.parse(JSON.parse(replay.stdout))).toMatchObject({ calls: 1, changed: 1 });
    const view = await runRelay(home, ['route']);
    expect(view.stdout).toMatch(/^Strategy fill-first: cache 1\.5, policy 3, metered 4, order 1\n/);
    expect(await runRelay(home, ['route', '--dry-run', '--key', 'nobody'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no key "nobody".\n',
    });
  } finally {
    home.remove();
  }
});
