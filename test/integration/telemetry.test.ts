import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createTraceExport } from '../../src-main/status/trace-export.ts';
import { settingsSchema } from '../../src-shared/contract/settings.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { rawCall } from '../support/raw-call.ts';
import { startRelay } from '../support/running-relay.ts';
import { served } from '../unit/ledger/sample-call.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code: number };
}

/** A receiver of OTLP over HTTP, which answers `status()`. */
async function startReceiver(status: () => number = () => 200) {
  const requests: { path: string; headers: IncomingHttpHeaders; text: string; spans: Span[] }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const spans = JSON.parse(text).resourceSpans[0].scopeSpans[0].spans;
    requests.push({ path: request.url ?? '', headers: request.headers, text, spans });
    response.writeHead(status(), { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests, spans: () => requests.flatMap(({ spans }) => spans) };
}

const valuesOf = ({ attributes }: Span) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('a call is one trace with a span for each attempt, and nothing of what was said is in it', async () => {
  const receiver = await startReceiver();
  const relay = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'b', kind: 'chatgpt' },
    ],
    settings: { 'telemetry.otlpUrl': receiver.url },
  });
  onTestFinished(() => relay.stop());
  for (const name of ['a', 'b']) relay.simulator.account(name).faults.add([{ kind: 'status', status: 500 }]);
  await rawCall(relay.url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say the secret words' }),
  });
  await expect.poll(() => receiver.spans().length).toBeGreaterThan(0);
  const [call] = await relay.calls();
  const [root, ...attempts] = receiver.spans();
  expect(root && valuesOf(root)).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.system': 'openai',
    'gen_ai.request.model': 'gpt-5.5',
    'relay.call.id': call?.id,
    'relay.call.status': call?.status,
  });
  expect(attempts.map(({ parentSpanId, traceId }) => [parentSpanId, traceId])).toEqual(
    call?.attempts.map(() => [root?.spanId, root?.traceId]),
  );
  expect(attempts[0] && valuesOf(attempts[0])).toMatchObject({
    'server.address': '127.0.0.1',
    'error.type': call?.attempts[0]?.errorCode,
    'http.response.status_code': '500',
    'relay.attempt.outcome': 'failed',
  });
  expect(receiver.requests[0]?.path).toBe('/v1/traces');
  expect(receiver.requests[0]?.text).not.toMatch(/secret words|sk-relay|@example|"a"/);
});

const exportTo = (url: string) => {
  const time = createManualTime(0);
  const failures: number[] = [];
  const traces = createTraceExport({
    ...{ url: () => url, headers: { 'x-team': 'ops' }, hostOf: () => 'chatgpt.com', version: '1' },
    timers: time.timers,
    failed: (_, dropped) => failures.push(dropped),
  });
  return { time, traces, failures };
};

test('spans have the tokens, the times and the headers that they should', async () => {
  const receiver = await startReceiver();
  const { time, traces } = exportTo(`${receiver.url}/v1/traces`);
  const call = served('call_1');
  traces.noted({ ...call, status: 'inflight' });
  traces.noted(call);
  time.advance(2_000);
  await expect.poll(() => receiver.requests.length).toBe(1);
  const [root] = receiver.spans();
  expect(receiver.requests[0]?.headers['x-team']).toBe('ops');
  expect(root && valuesOf(root)).toMatchObject({
    'gen_ai.usage.input_tokens': String(call.inputTokens),
    'gen_ai.usage.output_tokens': String(call.outputTokens),
    'gen_ai.response.model': call.modelRan,
    'server.address': 'chatgpt.com',
  });
  expect([root?.startTimeUnixNano, root?.traceId.length, root?.spanId.length, root?.status]).toEqual([
    `${call.startedAt}000000`,
    32,
    16,
    { code: 0 },
  ]);
  expect(BigInt(root!.endTimeUnixNano) - BigInt(root!.startTimeUnixNano)).toBe(
    BigInt(Math.round(call.durationMs! * 1e6)),
  );
});

test('a receiver that fails is asked again, then the calls are dropped, counted and told of once', async () => {
  const receiver = await startReceiver(() => 503);
  const { time, traces, failures } = exportTo(receiver.url);
  for (let at = 0; at < 2_500; at += 1) traces.noted(served(`call_${at}`));
  expect([traces.dropped, failures]).toEqual([2_500 - 2_048, [1]]);
  for (let tries = 1; tries <= 3; tries += 1) {
    await expect
      .poll(() => {
        time.advance(2_000);
        return receiver.requests.length;
      })
      .toBe(tries);
  }
  await expect.poll(() => traces.dropped).toBe(2_500 - 2_048 + 256);
  expect(failures).toEqual([1]);
});

test('without an address nothing is kept', async () => {
  const { traces } = exportTo('');
  for (let at = 0; at < 3_000; at += 1) traces.noted(served(`call_${at}`));
  await traces.stop();
  expect(traces.dropped).toBe(0);
});

test.each(['http://collector.example', 'https://user:pass@collector.example', 'ftp://127.0.0.1', 'nonsense'])(
  'spans are not sent to %s',
  (url) => {
    expect(settingsSchema.safeParse({ 'telemetry.otlpUrl': url }).success).toBe(false);
  },
);

test('a receiver that never answers does not hold up the end', async () => {
  const asked = Promise.withResolvers<void>();
  const server = createServer(() => asked.resolve()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { time, traces } = exportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  traces.noted(served('call_1'));
  time.advance(2_000);
  await asked.promise;
  await traces.stop();
});
