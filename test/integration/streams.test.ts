import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { rawCall, sseData } from '../support/raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

const start = async (options: RunningRelayOptions = {}): Promise<RunningRelay> => {
  running = await startRelay(options);
  return running;
};

const bodyOf = (text: string, more: object = {}): string =>
  JSON.stringify({ model: 'gpt-5.5', stream: true, input: text, ...more });

/** A stream whose head has come; its body is left to the test. */
async function open(relay: RunningRelay, text: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(relay.url);
  const request = httpRequest({
    hostname,
    port,
    path: '/v1/responses',
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json', ...headers },
  });
  request.on('error', () => {});
  request.end(bodyOf(text));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  return response;
}

const outcomes = (relay: RunningRelay) => relay.simulator.modelRequests().map(({ outcome }) => outcome);
/** For what another process or thread does; the machine may be busy. */
const patience = { timeout: 10_000, interval: 10 };
const lastCall = async (relay: RunningRelay) => (await relay.calls()).at(-1);

test('a client that leaves during its stream cancels the upstream and is written down as cancelled', async () => {
  const relay = await start();
  relay.simulator.account('a').script({ kind: 'silence', at: 'deltas', afterDeltas: 1 });
  const response = await open(relay, 'sim:tokens 40');
  await once(response, 'data');
  response.destroy();
  await vi.waitFor(() => expect(outcomes(relay)).toEqual(['client-closed']), patience);
  const call = await lastCall(relay);
  expect([call?.status, call?.attempts.map(({ outcome }) => outcome)]).toEqual(['cancelled', ['cancelled']]);
  expect(relay.relay.accounts.list()[0]?.inFlight).toBe(0);
});

test('C-15 a client that leaves before the first output cancels the upstream too', async () => {
  const relay = await start();
  relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
  const { hostname, port } = new URL(relay.url);
  const socket = connect(Number(port), hostname);
  const body = bodyOf('hello');
  const head = `POST /v1/responses HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${relay.key}\r\ncontent-type: application/json\r\n`;
  socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`);
  await vi.waitFor(() => expect(relay.simulator.modelRequests().length).toBe(1), patience);
  socket.destroy();
  await vi.waitFor(() => expect(outcomes(relay)).toEqual(['client-closed']), patience);
  expect((await lastCall(relay))?.status).toBe('cancelled');
});

test('C-16 a client that closes only its sending side still reads the whole stream', async () => {
  const relay = await start();
  relay.simulator.account('a').script({ kind: 'pace', perEventMs: 5 });
  const { hostname, port } = new URL(relay.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  const body = bodyOf('sim:tokens 20');
  const head = `POST /v1/responses HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${relay.key}\r\nconnection: close\r\ncontent-type: application/json\r\n`;
  socket.end(`${head}content-length: ${body.length}\r\n\r\n${body}`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  expect(text).toContain('response.completed');
  expect((await lastCall(relay))?.status).toBe('ok');
});

test.each([
  ['an SDK', { 'user-agent': 'OpenAI/JS 7.0.0' }, /^: keep-alive\n\n/],
  [
    'Codex',
    { 'user-agent': 'codex_exec/0.169.0 (Debian)', originator: 'codex_exec' },
    /^event: keepalive\ndata: \{"type":"keepalive"\}\n\n/,
  ],
])('a silent upstream keeps %s alive in the form that it honours', async (_name, headers, form) => {
  const relay = await start({ settings: { 'timeouts.keepAliveMs': 50 } });
  relay.simulator.account('a').script({ kind: 'silence', at: 'created', ms: 200 });
  const response = await open(relay, 'sim:say done', headers);
  let text = '';
  for await (const chunk of response) text += String(chunk);
  expect(text).toMatch(form);
  expect(text).toContain('response.completed');
});

test('a running call is in the log before its client has the first output, and final before it has the last', async () => {
  const relay = await start();
  relay.simulator.account('a').script({ kind: 'pace', perEventMs: 20 });
  const response = await open(relay, 'sim:tokens 20');
  const id = String(response.headers['x-request-id']);
  await once(response, 'data');
  expect((await relay.relay.ledger.call(id))?.status).toBe('inflight');
  let atEnd: string | undefined;
  for await (const chunk of response) {
    if (String(chunk).includes('response.completed')) atEnd = (await relay.relay.ledger.call(id))?.status;
  }
  expect(atEnd).toBe('ok');
});

test('every answer says which account, model and attempt it came from, and the log says the same', async () => {
  const relay = await start();
  const answer = await rawCall(relay.url, {
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json', 'user-agent': 'curl/8.0' },
    body: JSON.stringify({
      model: 'gpt-5.5-high',
      messages: [{ role: 'user', content: 'hi' }],
      temperature: 1,
      seed: 3,
    }),
  });
  const { usage, model } = JSON.parse(answer.text);
  const call = await relay.relay.ledger.call(String(answer.headers['x-request-id']));
  expect({
    account: answer.headers['x-relay-account'],
    model: answer.headers['x-relay-model'],
    attempts: answer.headers['x-relay-attempts'],
    dropped: answer.headers['x-relay-dropped'],
    echoed: model,
  }).toEqual({ account: 'a', model: 'gpt-5.5', attempts: '1', dropped: 'seed, temperature', echoed: 'gpt-5.5-high' });
  expect(Number(answer.headers['x-relay-overhead-ms'])).toBeGreaterThanOrEqual(0);
  expect(call).toMatchObject({
    status: 'ok',
    endpoint: 'chat',
    stream: false,
    modelAsked: 'gpt-5.5-high',
    modelRan: 'gpt-5.5',
    effort: 'high',
    client: 'curl 8.0',
    accountLabel: 'a',
    dropped: ['seed', 'temperature'],
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    reasoningTokens: usage.completion_tokens_details.reasoning_tokens,
    spentMicroUsd: 0,
  });
  expect(call?.costMicroUsd).toBeGreaterThan(0);
});

test('what ChatGPT logins do not serve goes to an API-key account as it is', async () => {
  const relay = await start({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'k', kind: 'openai' },
    ],
  });
  const answer = await rawCall(relay.url, {
    path: '/v1/embeddings',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'text-embedding-3-small', input: 'hello' }),
  });
  expect([answer.status, JSON.parse(answer.text).object, answer.headers['x-relay-account']]).toEqual([
    200,
    'list',
    'k',
  ]);
  expect(await lastCall(relay)).toMatchObject({
    endpoint: 'passthrough',
    status: 'ok',
    accountLabel: 'k',
    inputTokens: null,
  });
});

test('an account that speaks only Chat serves both protocols', async () => {
  const relay = await start({ accounts: [{ name: 'k', kind: 'openai' }] });
  const simulated = relay.simulator.account('k');
  const [only] = relay.relay.accounts.list();
  await relay.relay.accounts.remove(only!.id);
  const added = await relay.relay.accounts.addApiKey({ apiKey: simulated.apiKey, wire: 'chat', label: 'chat wire' });
  await relay.relay.refreshModels(added.id);
  const headers = { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' };
  const responses = await rawCall(relay.url, { path: '/v1/responses', headers, body: bodyOf('sim:say over chat') });
  const types = (sseData(responses.text) as { type: string; delta?: string }[]).map(({ type }) => type);
  expect(responses.text).toContain('over chat');
  expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
  const chat = await rawCall(relay.url, {
    path: '/v1/chat/completions',
    headers,
    body: JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'sim:say both ways' }] }),
  });
  expect(JSON.parse(chat.text).choices[0].message.content).toBe('both ways');
});

test('Codex sees the pool where it looks for its own quota', async () => {
  const relay = await start({
    accounts: [
      { name: 'a', kind: 'chatgpt', fiveHour: { usedPercent: 80 }, weekly: { usedPercent: 10 } },
      { name: 'b', kind: 'chatgpt', fiveHour: { usedPercent: 20 }, weekly: { usedPercent: 30 } },
    ],
  });
  const headers = { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' };
  for (const label of ['a', 'b']) {
    const { id } = relay.relay.accounts.list().find((account) => account.label === label)!;
    await relay.relay.accounts.setEnabled(id, true);
    for (const other of relay.relay.accounts.list()) await relay.relay.accounts.setEnabled(other.id, other.id === id);
    await rawCall(relay.url, { path: '/v1/responses', headers, body: bodyOf(label) });
  }
  for (const { id } of relay.relay.accounts.list()) await relay.relay.accounts.setEnabled(id, true);
  const answer = await rawCall(relay.url, { method: 'GET', path: '/backend-api/wham/usage', headers });
  const { rate_limit: limit } = JSON.parse(answer.text);
  expect([
    limit.allowed,
    limit.primary_window.limit_window_seconds,
    limit.secondary_window.limit_window_seconds,
  ]).toEqual([true, 18_000, 604_800]);
  expect(Math.round(limit.primary_window.used_percent)).toBe(50);
  expect(Math.round(limit.secondary_window.used_percent)).toBe(20);
});

test('a price of the person’s own replaces the catalogue’s, for the next call', async () => {
  const relay = await start();
  const ask = () =>
    rawCall(relay.url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
      body: bodyOf('hello', { stream: false }),
    });
  await ask();
  const before = await lastCall(relay);
  await relay.relay.settings.patch({ 'models.prices': { 'gpt-5.5': { input: 0, output: 1_000 } } });
  await ask();
  const after = await lastCall(relay);
  expect(after?.costMicroUsd).toBe((after?.outputTokens ?? 0) * 1_000);
  expect(after?.costMicroUsd).not.toBe(before?.costMicroUsd);
});

test('an older Codex compacts a conversation by one request, answered with the compaction alone', async () => {
  const relay = await start();
  const answer = await rawCall(relay.url, {
    path: '/backend-api/codex/responses/compact',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', instructions: 'x', input: [{ role: 'user', content: 'remember' }] }),
  });
  const { output } = JSON.parse(answer.text);
  expect([answer.status, output.map(({ type }: { type: string }) => type)]).toEqual([200, ['compaction']]);
  expect(output[0].encrypted_content).toMatch(/^enc:/);
  expect((await lastCall(relay))?.status).toBe('ok');
});

test('P-03 on a shutdown running streams finish and new requests are refused', async () => {
  const relay = await start();
  relay.simulator.account('a').always({ kind: 'pace', perEventMs: 10 });
  const response = await open(relay, 'sim:tokens 30');
  await once(response, 'data');
  const stopping = relay.relay.stop();
  const refused = await rawCall(relay.url, { path: '/v1/responses', body: '{}' });
  expect([refused.status, refused.headers['connection'], JSON.parse(refused.text).error.code]).toEqual([
    503,
    'close',
    'shutting_down',
  ]);
  let text = '';
  for await (const chunk of response) text += String(chunk);
  expect(text).toContain('response.completed');
  await stopping;
  await relay.simulator.stop();
  running = null;
});
