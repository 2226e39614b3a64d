import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type CallBodies, callBodiesSchema } from '../../src-shared/contract/call-bodies.ts';
import type { KeyCreate } from '../../src-shared/contract/key.ts';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function relayWith(capture: KeyCreate['capture'], options: RunningRelayOptions = {}) {
  running = await startRelay(options);
  const relay = running;
  const { secret } = await relay.relay.keys.create({ name: 'watched', ...(capture === null ? {} : { capture }) });
  const ask = (body: object, path = '/v1/responses', headers: Record<string, string> = {}) =>
    rawCall(relay.url, {
      path,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-5.5', ...body }),
    });
  const api = (method: string, path: string) =>
    rawCall(relay.url, { method, path: `/api${path}`, headers: { authorization: `Bearer ${relay.apiToken}` } });
  const bodiesOf = async (id: string): Promise<CallBodies | null> => {
    const { status, text } = await api('GET', `/calls/${id}/bodies`);
    return status === 200 ? callBodiesSchema.parse(JSON.parse(text)) : null;
  };
  /** They are written a moment after the call. */
  const keptOf = async (id: string): Promise<CallBodies> => {
    await expect.poll(() => bodiesOf(id), { timeout: 10_000 }).not.toBe(null);
    return (await bodiesOf(id))!;
  };
  return { ...relay, secret, ask, api, bodiesOf, keptOf };
}

const idOf = ({ headers }: { headers: Readonly<Record<string, unknown>> }): string => String(headers['x-request-id']);

describe('bodies of calls', () => {
  test('are not kept unless the key asks for it', async () => {
    const { ask, bodiesOf, relay, api } = await relayWith(null);
    const answer = await ask({ input: 'sim:say hello' });
    await relay.ledger.flush();
    expect([answer.status, await bodiesOf(idOf(answer))]).toEqual([200, null]);
    expect(JSON.parse((await api('GET', '/bodies')).text)).toEqual({ calls: 0, bytes: 0, oldestAt: null, dropped: 0 });
  });

  test('as the client sent them, as they went upstream, and the answer to the byte, without a secret', async () => {
    const { ask, keptOf, secret, simulator, relay } = await relayWith('all');
    const answer = await ask(
      { messages: [{ role: 'user', content: `sim:say hello sk-planted-in-a-prompt` }], stream: true },
      '/v1/chat/completions',
      { cookie: 'session=planted', 'x-my-token': 'planted too' },
    );
    const bodies = await keptOf(idOf(answer));
    const account = simulator.account('a');
    expect(bodies).toMatchObject({
      callId: idOf(answer),
      request: {
        headers: { authorization: '[redacted]', cookie: '[redacted]', 'x-my-token': '[redacted]' },
        body: { cut: false },
      },
      sent: [{ accountId: relay.accounts.list()[0]!.id, headers: { originator: 'relay' } }],
      upstream: { headers: { 'content-type': expect.stringContaining('text/event-stream') } },
      answer: {
        status: 200,
        headers: { 'x-request-id': idOf(answer) },
        body: { text: answer.text.replace('sk-planted-in-a-prompt', '[redacted]'), cut: false },
      },
    });
    expect(JSON.parse(bodies.request.body.text)).toEqual({
      model: 'gpt-5.5',
      messages: [{ role: 'user', content: 'sim:say hello [redacted]' }],
      stream: true,
    });
    expect(JSON.parse(bodies.sent[0]!.body!.text)).toMatchObject({ model: 'gpt-5.5', stream: true });
    const text = JSON.stringify(bodies);
    for (const planted of [secret, 'planted', account.authJson().match(/eyJ[^"]+/)![0]])
      expect(text).not.toContain(planted);
  });

  test('what went to each account of a failed-over call is there once, and of a call that went well nothing in `failed`', async () => {
    const { ask, keptOf, bodiesOf, simulator, relay } = await relayWith('failed', {
      accounts: [
        { name: 'a', kind: 'chatgpt' },
        { name: 'b', kind: 'chatgpt' },
      ],
    });
    const good = await ask({ input: 'sim:say hello' });
    for (const name of ['a', 'b']) simulator.account(name).faults.add([{ kind: 'status', status: 500, times: 3 }]);
    const bad = await ask({ input: 'sim:say hello' });
    const bodies = await keptOf(idOf(bad));
    expect(bad.status).toBeGreaterThanOrEqual(500);
    expect(bodies.answer).toMatchObject({ status: bad.status, body: { text: bad.text } });
    const [first, ...later] = bodies.sent.map(({ body }) => body?.text ?? null);
    expect(later.length).toBeGreaterThan(0);
    expect([JSON.parse(first!)['model'], new Set(later)]).toEqual(['gpt-5.5', new Set([null])]);
    await relay.ledger.flush();
    expect(await bodiesOf(idOf(good))).toBe(null);
  });

  test('a refused request is kept as well, and no more of a body than is wanted', async () => {
    const { ask, keptOf } = await relayWith('all', { settings: { 'capture.bodyBytes': 1_024 } });
    const refused = await ask({ input: 'x '.repeat(5_000), temperature: 'hot', n: [] }, '/v1/chat/completions');
    const bodies = await keptOf(idOf(refused));
    expect(refused.status).toBe(400);
    expect([bodies.sent, bodies.request.body.cut, bodies.request.body.text.length, bodies.answer.body.text]).toEqual([
      [],
      true,
      1_024,
      refused.text,
    ]);
  });

  test('each turn of a WebSocket has its own', async () => {
    const { url, secret, keptOf, calls } = await relayWith('all');
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, {
      headers: { authorization: `Bearer ${secret}`, 'user-agent': 'codex_cli_rs/0.169.0', originator: 'codex_cli_rs' },
    });
    await once(socket, 'open');
    const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'sim:say over a socket' }] }];
    const ended = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        if (String(data).includes('"response.completed"')) resolve();
      });
    });
    socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input, store: false, stream: true }));
    await ended;
    const [call] = await calls();
    const bodies = await keptOf(call!.id);
    socket.terminate();
    expect(bodies.request.body.text).toContain('sim:say over a socket');
    expect(bodies.answer).toMatchObject({ status: null, body: { cut: false } });
    expect(bodies.answer.body.text).toContain('"response.completed"');
  });

  test('the person’s own words are left out, and bodies beyond their room go, the oldest first', async () => {
    const { ask, keptOf, bodiesOf, relay, api } = await relayWith('all', {
      settings: { 'capture.redact': ['Acme'], 'capture.bytes': 30_000 },
    });
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const answer = await ask({ input: `sim:say for acme ${'word '.repeat(600)}` });
      ids.push(idOf(answer));
      expect(JSON.stringify(await keptOf(ids[n]!))).not.toMatch(/acme/i);
    }
    const first = await bodiesOf(ids[0]!);
    await relay.ledger.eraseBodies(ids[2]!);
    expect([first, await bodiesOf(ids[2]!)]).toEqual([null, null]);
    const erased = await api('DELETE', '/bodies');
    expect([erased.status, (await api('DELETE', `/calls/${ids[1]}/bodies`)).status]).toEqual([200, 404]);
  });
});
