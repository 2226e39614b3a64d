import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import { headerOf } from '../../src-main/simulator/journal.ts';
import type { CallList } from '../../src-shared/contract/call.ts';
import type { KeyCreated } from '../../src-shared/contract/key.ts';
import { processFigures } from '../support/process-figures.ts';
import { sseData } from '../support/raw-call.ts';
import { signedCertificates, testAuthority } from '../support/signed-certificates.ts';
import { untrustedCertificate } from '../support/untrusted-certificate.ts';
import { expectRefusal } from './support/contract.ts';
import { type Scene, startScene } from './support/scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
let scene: Scene;
/** Where the certificate is that Relay trusts besides those of the system. */
let trust: string;
beforeAll(async () => {
  trust = mkdtempSync(join(tmpdir(), 'relay-trust-'));
  const authority = join(trust, 'authority.pem');
  writeFileSync(authority, testAuthority);
  scene = await startScene({
    logins: 30,
    settings: { 'timeouts.connectMs': 500, 'routing.maxAttempts': 2 },
    variables: { NODE_EXTRA_CA_CERTS: authority },
  });
});
afterAll(async () => {
  await scene?.stop();
  rmSync(trust, { recursive: true, force: true });
});

const server = 'server_error';
/** A login that has the fault for good, and the key that reaches only it. */
async function faulty(fault: ScriptEntry): Promise<{ name: string; key: string }> {
  const { names, key } = await scene.pool(1);
  scene.simulator.account(names[0]!).always(fault);
  return { name: names[0]!, key };
}
interface Event {
  readonly type?: string;
  readonly code?: string;
  readonly delta?: string;
  readonly item?: unknown;
  readonly response?: { readonly output?: readonly unknown[] };
  readonly error?: { readonly code: string };
  readonly choices?: readonly {
    readonly finish_reason: string | null;
    readonly delta: {
      readonly content?: string;
      readonly tool_calls?: readonly { readonly index: number; readonly function: { readonly arguments?: string } }[];
    };
  }[];
}
const eventsOf = (text: string): Event[] => sseData(text).filter((data) => data !== '[DONE]') as Event[];
const finishOf = (events: readonly Event[]): string[] =>
  events.flatMap(({ choices }) => choices?.[0]?.finish_reason ?? []);

test('U-14: an event of 12 MiB passes; one of 20 MiB over a limit of 16 MiB is an error frame', async () => {
  const linux = process.platform === 'linux';
  const memory = processFigures(scene.relay.announcement.pid);
  /** What comes of an answer with an event of this size, and how much more memory it took at its worst. */
  const asked = async (bytes: number) => {
    const { key } = await faulty({ kind: 'big-event', bytes });
    if (linux) memory.forgetPeak();
    const before = linux ? memory.resident() : 0;
    const answer = await scene.ask(key, 'responses', 'sim:say one', { stream: true });
    const call = await scene.callOf(answer);
    return { answer, call, grown: linux ? memory.peak() - before : 0 };
  };
  // What a first answer takes for good is not the event's.
  await asked(MIB);
  const passed = await asked(12 * MIB);
  const refused = await asked(20 * MIB);
  const whole = { id: 'ig_big', type: 'image_generation_call', status: 'completed', result: 'A'.repeat(12 * MIB) };
  const items = eventsOf(passed.answer.text).flatMap(({ item, response }) => item ?? response?.output ?? []);
  expect({
    // The event itself, and the answer that a client reads when it is over: the upstream has left its output empty.
    passed: items.filter((item) => isDeepStrictEqual(item, whole)).length,
    ended: [eventsOf(passed.answer.text).at(-1)?.type, passed.call.status],
    refused: [refused.answer.text.length < MIB, eventsOf(refused.answer.text).at(-1)],
    row: [refused.call.status, refused.call.errorCode, refused.call.attempts.length],
  }).toEqual({
    passed: 2,
    ended: ['response.completed', 'ok'],
    refused: [true, expect.objectContaining({ type: 'error', code: 'upstream_event_too_large' })],
    row: ['error', 'upstream_event_too_large', 1],
  });
  expect(passed.grown).toBeLessThanOrEqual(4 * 12 * MIB);
  expect(refused.grown).toBeLessThanOrEqual(4 * 20 * MIB);
});

/** An address that takes a connection and never says a word of TLS. */
async function silentAddress(): Promise<string> {
  const silent = createNetServer((socket) => socket.on('error', () => undefined));
  onTestFinished(() => void silent.close());
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  return `https://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`;
}

test.each([
  ['refused', () => 'http://127.0.0.1:9/v1'],
  ['a name that does not exist', () => 'https://no-such-host.invalid/v1'],
  // RFC 6666: whatever routes there are, nobody answers from there.
  ['unreachable', () => 'https://[100::1]/v1'],
  ['silent when it is connected to', silentAddress],
])('U-17: an address that is %s is a 502 within the attempts allowed, and no account rests', async (name, address) => {
  const baseUrl = await address();
  const label = `dead: ${name}`;
  await scene.api('POST', '/accounts', { type: 'api-key', apiKey: 'sk-dead', label, baseUrl, unchecked: true });
  const { secret } = await scene.api<{ secret: string }>('POST', '/keys', { name: label, accounts: [label] });
  const answer = await scene.ask(secret, 'responses', 'x');
  expectRefusal(answer, { status: 502, type: server, code: 'upstream_connection_error' });
  const call = await scene.callOf(answer);
  const { health, restingFamilies } = await scene.account(label);
  expect([call.attempts.length <= 2, health.state, restingFamilies]).toEqual([true, 'unreachable', []]);
});

/** What comes of an account whose upstream is this server: the answer, the call, and the requests that the server has seen. */
async function askSecured(name: string, listening: Server) {
  const requests: string[] = [];
  listening.on('request', (request: IncomingMessage, response: ServerResponse) => {
    requests.push(request.url ?? '');
    response.writeHead(500).end();
  });
  onTestFinished(() => void listening.close());
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const baseUrl = `https://127.0.0.1:${(listening.address() as AddressInfo).port}/v1`;
  await scene.api('POST', '/accounts', { type: 'api-key', apiKey: 'sk-tls', label: name, baseUrl, unchecked: true });
  const { secret } = await scene.api<{ secret: string }>('POST', '/keys', { name, accounts: [name] });
  const answer = await scene.ask(secret, 'responses', 'x');
  return { answer, requests, call: await scene.callOf(answer) };
}

const refusedTls = (code: string) => new RegExp(`certificate or TLS was refused \\(${code}\\)`);
test.each([
  ['self-signed', () => createServer(untrustedCertificate), refusedTls('DEPTH_ZERO_SELF_SIGNED_CERT')],
  ['expired', () => createServer(signedCertificates.expired), refusedTls('CERT_HAS_EXPIRED')],
  ['for another name', () => createServer(signedCertificates.otherName), refusedTls('ERR_TLS_CERT_ALTNAME_INVALID')],
  ['plain HTTP', () => createPlainServer(), /could not be reached/],
])(
  'U-18: TLS that is %s is a 502 that names it; nothing is ever sent without verification',
  async (name, make, words) => {
    const { answer, requests, call } = await askSecured(name, make());
    expectRefusal(answer, { status: 502, type: server, code: 'upstream_connection_error' });
    expect(JSON.parse(answer.text).error.message).toMatch(words);
    expect([requests, call.attempts.every(({ httpStatus }) => httpStatus === null)]).toEqual([[], true]);
  },
);

test('U-18: the same authority is trusted for a certificate that is in order', async () => {
  const { answer, requests } = await askSecured('in order', createServer(signedCertificates.good));
  expectRefusal(answer, { status: 502, type: server, code: 'upstream_error' });
  expect(requests).not.toEqual([]);
});

test.each([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
])(
  'U-20: an answer that is incomplete for %s ends so in both protocols, and its row is ok with usage',
  async (reason, finish) => {
    const { key } = await faulty({ kind: 'incomplete', reason, afterDeltas: 2 });
    const chat = await scene.ask(key, 'chat', 'sim:tokens 40', { stream: true });
    const responses = await scene.ask(key, 'responses', 'sim:tokens 40', { stream: true });
    const call = await scene.callOf(responses);
    expect([
      finishOf(eventsOf(chat.text)),
      eventsOf(responses.text).at(-1),
      call.status,
      call.outputTokens !== null && call.outputTokens > 0,
    ]).toEqual([
      [finish],
      expect.objectContaining({
        type: 'response.incomplete',
        response: expect.objectContaining({ incomplete_details: { reason } }),
      }),
      'ok',
      true,
    ]);
  },
);

test('U-21: a failure that the upstream declares after two deltas ends the stream with its code and no false finish', async () => {
  const { key } = await faulty({ kind: 'failed', code: 'server_error', message: 'broke', afterDeltas: 2 });
  for (const endpoint of ['responses', 'chat'] as const) {
    const answer = await scene.ask(key, endpoint, 'sim:tokens 400', { stream: true });
    const events = eventsOf(answer.text);
    const call = await scene.callOf(answer);
    expect([
      finishOf(events),
      events.some(({ type }) => type === 'response.completed'),
      events.some(({ delta, choices }) => (delta ?? choices?.[0]?.delta.content ?? '') !== ''),
      /"code":"server_error"/.test(answer.text),
      [call.status, call.errorCode, call.attempts.length, call.spliced],
    ]).toEqual([[], false, true, true, ['error', 'server_error', 1, 0]]);
  }
});

test.each([
  ['missing', [null, null]],
  ['null', [null, null]],
  ['null-details', [expect.any(Number), null]],
  ['floats', [expect.anything(), expect.anything()]],
] as const)('U-23: usage that is %s leaves the answer whole, and what is not known is null', async (usage, known) => {
  const { key } = await faulty({ kind: 'usage', usage });
  const answer = await scene.ask(key, 'chat', 'sim:say one two');
  const { inputTokens, reasoningTokens, status } = await scene.callOf(answer);
  expect([JSON.parse(answer.text).choices[0].message.content, status]).toEqual(['one two', 'ok']);
  if (usage === 'floats') return expect([inputTokens].every((n) => n === null || Number.isInteger(n))).toBe(true);
  expect([inputTokens, reasoningTokens]).toEqual(known);
});

test.each([302, 307] as const)(
  'U-26: a redirect (%s) to another host is a 502, and no credential goes there',
  async (code) => {
    const stranger = createPlainServer();
    const got: unknown[] = [];
    stranger.on('request', (request, response) => {
      got.push(request.headers);
      response.end();
    });
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const location = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/steal`;
    const { key } = await faulty({ kind: 'redirect', location, status: code });
    const answer = await scene.ask(key, 'responses', 'x');
    stranger.close();
    expect([answer.status, JSON.parse(answer.text).error.type, got]).toEqual([502, server, []]);
  },
);

test.each<[string, ScriptEntry]>([
  ['429', { kind: 'status', status: 429, when: { endpoint: 'usage' } }],
  ['500', { kind: 'status', status: 500, when: { endpoint: 'usage' } }],
  ['HTML', { kind: 'status', status: 200, body: '<html>', when: { endpoint: 'usage' } }],
  ['silence', { kind: 'silence', at: 'before-headers', when: { endpoint: 'usage' } }],
])(
  'U-28: a usage endpoint that answers with %s leaves traffic alone and is asked once at most',
  async (_name, fault) => {
    const { names, key } = await scene.pool(1);
    const account = scene.simulator.account(names[0]!);
    const asked = (): number =>
      scene.simulator.journal.filter((record) => record.account === names[0] && record.path.endsWith('/usage')).length;
    await expect.poll(async () => (await scene.account(names[0]!)).windows.length).toBeGreaterThan(0);
    const before = asked();
    account.always(fault);
    const answers = await Promise.all(Array.from({ length: 5 }, () => scene.ask(key, 'responses', 'sim:say one')));
    const { windows, health } = await scene.account(names[0]!);
    expect([
      answers.map(({ status }) => status),
      asked() - before <= 1,
      windows.every(({ readAt }) => readAt > 0),
      health.state,
    ]).toEqual([answers.map(() => 200), true, true, 'ready']);
  },
);

test('U-29: two parallel tool calls whose arguments come in pieces are valid JSON each, and finish as tool_calls', async () => {
  const { key } = await faulty({ kind: 'chunks', sizes: [7, 3, 11] });
  const given = { word: 'abcdefghijklmnopqrstuvwxyz'.repeat(8) };
  const order = `sim:call lookup ${JSON.stringify(given)}\nsim:call lookup {"word":"second"}`;
  const tools = [
    {
      type: 'function',
      function: { name: 'lookup', parameters: { type: 'object', properties: { word: { type: 'string' } } } },
    },
  ];
  const answer = await scene.ask(key, 'chat', order, { stream: true, tools });
  const events = eventsOf(answer.text);
  const pieces = events.flatMap(({ choices }) => choices?.[0]?.delta.tool_calls ?? []);
  const argumentsOf = (index: number): unknown =>
    JSON.parse(
      pieces
        .filter((piece) => piece.index === index)
        .map((piece) => piece.function.arguments ?? '')
        .join(''),
    );
  expect([argumentsOf(0), argumentsOf(1), finishOf(events), pieces.length > 10]).toEqual([
    given,
    { word: 'second' },
    ['tool_calls'],
    true,
  ]);
});

/** An upstream of raw sockets: it answers with one delta, and when its client wants no more it floods it, whatever that says. */
async function floodingAddress(bytes: number) {
  const delta = { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'one' };
  const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';
  const flooded: { taken: number; ended: boolean } = { taken: 0, ended: false };
  const flood = (socket: Socket): void => {
    const before = socket.bytesWritten;
    const piece = Buffer.from(event({ ...delta, delta: 'x'.repeat(64 * 1024) }));
    const more = (): void => {
      flooded.taken = socket.bytesWritten - before;
      if (flooded.taken >= bytes || socket.destroyed) return void socket.destroy();
      socket.write(piece, () => setImmediate(more));
    };
    more();
  };
  const server = createNetServer({ allowHalfOpen: true }, (socket) => {
    socket
      .on('error', () => undefined)
      .once('data', (request) => {
        // It has no list of models.
        if (!String(request).startsWith('POST')) return void socket.end('HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n');
        socket.write(head + event({ type: 'response.created', response: {} }) + event(delta));
        socket
          .on('end', () => flood(socket))
          .on('close', () => {
            flooded.ended = true;
          });
      });
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, flooded };
}

/** Asks for a stream, and leaves as soon as the first of it has come. */
async function leaveEarly(key: string): Promise<void> {
  const gone = new AbortController();
  const response = await fetch(`${scene.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:tokens 40', stream: true }),
    signal: gone.signal,
  });
  await response.body!.getReader().read();
  gone.abort();
}

test('U-30: an upstream that sends on after a cancel is not read any more: its socket is gone', async () => {
  const { baseUrl, flooded } = await floodingAddress(50 * MIB);
  const [label, apiKey] = ['flooding', 'sk-flooding'];
  const { id } = await scene.api<{ id: string }>('POST', '/accounts', {
    ...{ type: 'api-key', apiKey, label, baseUrl, unchecked: true },
  });
  const { secret, key } = await scene.api<KeyCreated>('POST', '/keys', { name: label, accounts: [label] });
  const { bytesRead } = processFigures(scene.relay.announcement.pid);
  const before = process.platform === 'linux' ? bytesRead() : 0;
  await leaveEarly(secret);
  await expect.poll(() => flooded.ended).toBe(true);
  await expect.poll(async () => (await scene.account(label)).inFlight).toBe(0);
  const { calls } = await scene.api<CallList>('GET', `/calls?keyId=${key.id}`);
  expect(calls.map(({ status, accountId, attempts }) => [status, accountId, attempts[0]?.outcome])).toEqual([
    ['cancelled', id, 'cancelled'],
  ]);
  // What a reset socket still takes is in the kernel's hands; Relay itself has read next to nothing.
  expect(flooded.taken).toBeLessThan(50 * MIB);
  if (process.platform === 'linux') expect(bytesRead() - before).toBeLessThan(MIB);
});

test('U-30: an upstream that floods while its client leaves is cut off', async () => {
  const { name, key } = await faulty({ kind: 'ignore-cancel', bytes: 50 * MIB, afterDeltas: 1 });
  await leaveEarly(key);
  const record = () => scene.simulator.modelRequests(name)[0]!;
  await expect.poll(() => record().outcome).toBe('client-closed');
  // What the kernel holds of a connection that nobody reads is a few MiB on loopback.
  expect(record().bytesSent).toBeLessThan(12 * MIB);
  await expect.poll(async () => (await scene.account(name)).inFlight).toBe(0);
  expect(headerOf(record(), 'authorization')).not.toContain(key);
});
