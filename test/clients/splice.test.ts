import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src-main/simulator/fault.ts';
import type { RunningRelay } from '../support/running-relay.ts';
import { streamAnswer } from '../support/stream-clients.ts';
import { startOrderedRelay } from './ordered-relay.ts';
import { type PythonSdk, pythonAt, pythonMissing } from './python-sdk.ts';

const text =
  'when the long rain stopped a boy with two odd shoes ran down to see how far up the stones our river stood';
const prompt = `sim:say ${text}`;
const cut = (afterDeltas: number): Fault => ({ kind: 'cut', at: 'deltas', afterDeltas, how: 'reset' });

/** With a summary of two deltas before the text. */
const places: readonly [string, Fault][] = [
  ['in its reasoning', cut(1)],
  ['behind its reasoning', { kind: 'cut', at: 'item-done' }],
  ['at its first words', cut(3)],
  ['in its text', cut(5)],
  ['behind its text', { kind: 'no-terminal' }],
];

let relay: RunningRelay;
let python: PythonSdk | null = null;
beforeAll(async () => {
  relay = await startOrderedRelay();
  python = await pythonAt(relay, { JOINED_PROMPT: prompt });
});
beforeEach(async () => {
  for (const name of ['a', 'b']) relay.simulator.account(name).faults.clear();
  // A call that `a` answers whole, so that its breaker does not open over what the tests do to it.
  await streamAnswer(relay, 'responses', 'sim:say well');
});
afterAll(async () => {
  python?.end();
  await relay.stop();
});

const lastAttempts = async (): Promise<string[]> =>
  (await relay.calls()).at(-1)!.attempts.map(({ accountLabel, outcome }) => `${accountLabel} ${outcome}`);

describe.each(places)('An answer that breaks off %s is whole for', (_where, fault) => {
  it('the stream helpers of the OpenAI Node SDK', async () => {
    const client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: relay.key, maxRetries: 0 });
    relay.simulator.account('a').script(fault);
    const stream = client.responses.stream({
      model: 'gpt-5.5',
      input: prompt,
      reasoning: { effort: 'high', summary: 'auto' },
    });
    let read = '';
    const numbers: number[] = [];
    for await (const event of stream) {
      numbers.push(event.sequence_number);
      if (event.type === 'response.output_text.delta') read += event.delta;
    }
    const { output_text: whole, output, status } = await stream.finalResponse();
    expect([read, whole, status]).toEqual([text, text, 'completed']);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(output.filter(({ type }) => type === 'message').length).toBe(1);
    expect(await lastAttempts()).toEqual(['a continued', 'b served']);

    relay.simulator.account('a').script(fault);
    const runner = client.chat.completions.stream({
      model: 'gpt-5.5',
      messages: [{ role: 'user', content: prompt }],
      reasoning_effort: 'high',
    });
    const [choice] = (await runner.finalChatCompletion()).choices;
    expect([choice!.message.content, choice!.finish_reason]).toEqual([text, 'stop']);
    expect(await lastAttempts()).toEqual(['a continued', 'b served']);
  });

  it.each(['responses', 'chat'] as const)('the Vercel AI SDK on %s', async (protocol) => {
    const provider = createOpenAI({ baseURL: `${relay.url}/v1`, apiKey: relay.key });
    relay.simulator.account('a').script(fault);
    const errors: unknown[] = [];
    const result = streamText({
      model: provider[protocol]('gpt-5.5'),
      prompt,
      maxRetries: 0,
      providerOptions: {
        openai: { reasoningEffort: 'high', ...(protocol === 'responses' ? { reasoningSummary: 'auto' } : {}) },
      },
      onError: ({ error }) => void errors.push(error),
    });
    let read = '';
    for await (const part of result.stream) if (part.type === 'text-delta') read += part.text;
    expect([read, await result.text, await result.finishReason, errors]).toEqual([text, text, 'stop', []]);
    expect(await lastAttempts()).toEqual(['a continued', 'b served']);
  });

  it.skipIf(pythonMissing)('the stream helpers of the OpenAI Python SDK', async () => {
    relay.simulator.account('a').script({ ...fault, times: 2 });
    expect(await python?.run('joined_streams')).toEqual({
      responses: [text, text],
      gaps: false,
      chat: [text, text, 'stop'],
    });
    expect(await lastAttempts()).toEqual(['a continued', 'b served']);
  });
});
