import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { type CallWatch, factsOf, watchCalls } from './call-facts.ts';
import { thrownBy } from './thrown.ts';

const a = { name: 'a', kind: 'chatgpt' } as const;
const b = { name: 'b', kind: 'chatgpt' } as const;
const model = 'gpt-5.5';
const hello = { model, messages: [{ role: 'user' as const, content: 'hello' }] };

let relay: RunningRelay;
let client: OpenAI;
let log: CallWatch;
async function start(options: RunningRelayOptions = {}): Promise<void> {
  relay = await startRelay(options);
  client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: relay.key, maxRetries: 0 });
  log = await watchCalls(relay);
}
afterEach(() => relay.stop());

describe('Accounts that fail before any output are invisible to the client', () => {
  const failures = [
    { fault: { kind: 'status', status: 429, headers: { 'retry-after': '30' }, body: {} }, named: 'a 429' },
    { fault: { kind: 'status', status: 500, body: 'oops' }, named: 'a 500' },
    { fault: { kind: 'usage-limit', resetsInSeconds: 3_600, as: 'failed-event' }, named: 'a limit inside a 200' },
    { fault: { kind: 'cut', at: 'created', how: 'reset' }, named: 'a cut after response.created' },
  ] as const;

  it.each(failures)('$named moves a call to the other account, streaming and not', async ({ fault }) => {
    await start({ accounts: [a, b] });
    const asked = async (stream: boolean): Promise<[text: string, account: string | null, attempts: string | null]> => {
      const answer = stream
        ? await client.chat.completions.create({ ...hello, stream: true }).withResponse()
        : await client.chat.completions.create({ ...hello, stream: false }).withResponse();
      const { data, response } = answer;
      let text = '';
      if ('choices' in data) text = data.choices[0]?.message.content ?? '';
      else for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
      return [text, response.headers.get('x-relay-account'), response.headers.get('x-relay-attempts')];
    };
    // A conversation stays with the account that answered it, so this one is asked first for what follows.
    const [, owner] = await asked(true);
    const other = owner === 'a' ? 'b' : 'a';
    relay.simulator.account(owner!).script(fault);
    expect(await asked(true)).toEqual(['You said: hello', other, '2']);
    relay.simulator.account(other).script(fault);
    const { rests } = relay.relay.accounts.get(idOf(owner!))!;
    for (const family of [...rests.keys()]) relay.relay.accounts.clearRest(idOf(owner!), family);
    expect(await asked(false)).toEqual(['You said: hello', owner, '2']);
    const rows = (await log.finished(3)).map(({ status, accountLabel, attempts }) => ({
      status,
      accountLabel,
      attempts: attempts.map(({ accountLabel: label, outcome }) => `${label}: ${outcome}`),
    }));
    expect(rows).toEqual([
      { status: 'ok', accountLabel: owner, attempts: [`${owner}: served`] },
      { status: 'ok', accountLabel: other, attempts: [`${owner}: failed`, `${other}: served`] },
      { status: 'ok', accountLabel: owner, attempts: [`${other}: failed`, `${owner}: served`] },
    ]);
  });
});

const idOf = (label: string): string => {
  const account = relay.relay.accounts.list().find((candidate) => candidate.label === label);
  if (account === undefined) throw new Error(`There is no account ${label}.`);
  return account.id;
};

describe('Failures after output has begun', () => {
  const text = 'sim:say one two three four five six';

  it('a Chat stream ends in a typed error and never claims to be complete', async () => {
    await start({ accounts: [a, b] });
    for (const name of ['a', 'b']) {
      relay.simulator
        .account(name)
        .always({ kind: 'failed', code: 'odd_failure', message: 'It broke.', afterDeltas: 2 });
    }
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: text }],
      stream: true,
    });
    const reasons: string[] = [];
    let received = '';
    const error = await thrownBy(
      (async () => {
        for await (const chunk of stream) {
          received += chunk.choices[0]?.delta.content ?? '';
          if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
        }
      })(),
    );
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(received).not.toBe('');
    expect('one two three four five six'.startsWith(received)).toBe(true);
    expect(reasons).toEqual([]);
    expect(factsOf(await log.only())).toMatchObject({
      status: 'error',
      httpStatus: 200,
      attempts: [expect.stringMatching(/: failed$/)],
    });
  });

  it('a Responses stream tells the failure and has no response.completed', async () => {
    await start({ settings: { 'routing.splice': 'off' } });
    relay.simulator.account('a').script({ kind: 'cut', at: 'deltas', afterDeltas: 2, how: 'reset' });
    const stream = await client.responses.create({ model, input: text, stream: true });
    const events: ResponseStreamEvent[] = [];
    const error = await thrownBy(
      (async () => {
        for await (const event of stream) events.push(event);
      })(),
    );
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(events.map(({ type }) => type)).not.toContain('response.completed');
    expect(events.filter(({ type }) => type === 'response.output_text.delta')).not.toEqual([]);
    expect((await log.only()).status).toBe('error');
  });

  it('the stream helper rejects instead of returning half an answer', async () => {
    await start({ settings: { 'routing.splice': 'off' } });
    relay.simulator.account('a').script({ kind: 'no-terminal' });
    const runner = client.chat.completions.stream({ model, messages: [{ role: 'user', content: text }] });
    expect(await thrownBy(runner.finalChatCompletion())).toBeInstanceOf(OpenAI.OpenAIError);
    expect((await log.only()).status).toBe('error');
  });

  it('a whole answer is tried elsewhere, because nothing of it was sent', async () => {
    await start({ accounts: [a, b] });
    const request = { model, messages: [{ role: 'user' as const, content: text }] };
    await client.chat.completions.create(request);
    const owner = (await log.only()).accountLabel!;
    relay.simulator.account(owner).script({ kind: 'cut', at: 'deltas', afterDeltas: 2, how: 'reset' });
    const resp = await client.chat.completions.create(request);
    expect(resp.choices[0]?.message.content).toBe('one two three four five six');
    const [, { status, attempts }] = (await log.finished(2)) as [CallRecord, CallRecord];
    expect([status, attempts.map(({ outcome }) => outcome)]).toEqual(['ok', ['failed', 'served']]);
  });
});

describe('A client that aborts', () => {
  const long = { model, messages: [{ role: 'user' as const, content: 'sim:tokens 3000' }], stream: true as const };

  it('ends a Chat stream upstream too, and the log says cancelled', async () => {
    await start({ accounts: [{ ...a, latency: { perEventMs: 20 } }] });
    const stream = await client.chat.completions.create(long);
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    expect(factsOf(await log.only())).toMatchObject({
      status: 'cancelled',
      stream: true,
      account: 'a',
      attempts: ['a: cancelled'],
    });
    await vi.waitFor(() =>
      expect(relay.simulator.modelRequests().map(({ outcome }) => outcome)).toEqual(['client-closed']),
    );
  });

  it('ends a Responses stream by its controller', async () => {
    await start({ accounts: [{ ...a, latency: { perEventMs: 20 } }] });
    const stream = await client.responses.create({ model, input: 'sim:tokens 3000', stream: true });
    for await (const event of stream) if (event.type === 'response.output_text.delta') stream.controller.abort();
    expect((await log.only()).status).toBe('cancelled');
    await vi.waitFor(() =>
      expect(relay.simulator.modelRequests().map(({ outcome }) => outcome)).toEqual(['client-closed']),
    );
  });

  it('ends a call that is not streamed by its signal, before any output', async () => {
    await start();
    relay.simulator.account('a').script({ kind: 'silence', at: 'before-headers' });
    const controller = new AbortController();
    const pending = thrownBy(client.chat.completions.create(hello, { signal: controller.signal }));
    await vi.waitFor(() => expect(relay.simulator.modelRequests()).toHaveLength(1));
    controller.abort();
    expect(await pending).toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(factsOf(await log.only())).toMatchObject({ status: 'cancelled', httpStatus: 499 });
    await vi.waitFor(() =>
      expect(relay.simulator.modelRequests().map(({ outcome }) => outcome)).toEqual(['client-closed']),
    );
  });
});
