import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { responseToChatCompletion } from '../../../../src-main/protocol/chat-completion.ts';
import type { JsonObject } from '../../../../src-main/protocol/json-object.ts';
import { completionToOllama } from '../../../../src-main/protocol/ollama/ollama-answer.ts';
import { createOllamaStream } from '../../../../src-main/protocol/ollama/ollama-stream.ts';
import {
  argumentsDelta,
  asData,
  chatOptions,
  completed,
  type Event,
  functionCall,
  itemAdded,
  itemDone,
  message,
  runCollector,
  textDelta,
} from '../feed.ts';

vi.setConfig({ testTimeout: 120_000 });

const context = { model: 'gpt-5.5', showsThinking: true, now: () => 1_700_000_000_000, elapsedMs: () => 250 };

interface Line {
  message: { role: string; content: string; thinking?: string; tool_calls?: JsonObject[] };
  done: boolean;
  error?: string;
}

function linesOf(events: readonly Event[], more: Partial<Parameters<typeof createOllamaStream>[0]> = {}): Line[] {
  const stream = createOllamaStream({ ...context, stop: [], toolNames: new Map(), ...more });
  const text = events.map((event) => stream.event(event.type, ...asData(JSON.stringify(event))) ?? '').join('');
  // As Ollama's own clients read it: split at line feeds, each line whole JSON.
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

/** What a client adds the lines up to. */
function addUp(lines: readonly Line[]): JsonObject {
  const { message: last, ...end } = lines.at(-1)!;
  const sum = (field: 'content' | 'thinking') => lines.map((line) => line.message[field] ?? '').join('');
  const calls = lines.flatMap((line) => line.message.tool_calls ?? []);
  const thinking = sum('thinking');
  return {
    ...end,
    message: {
      role: last.role,
      content: sum('content'),
      ...(thinking === '' ? {} : { thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  };
}

const whole = (events: readonly Event[], showsThinking = true): JsonObject => {
  const completion = responseToChatCompletion(runCollector(events).response(), chatOptions);
  return JSON.parse(JSON.stringify(completionToOllama(completion, { ...context, showsThinking })));
};

/** With what breaks lines and escapes; no lone surrogates, which no JSON of a real upstream has. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('"', '\\', '\n', '\r\n', '\u2028', '\u0000', 'data: ', '😀'),
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));

const reasoningDelta = (delta: string): Event => ({
  ...{ type: 'response.reasoning_summary_text.delta', item_id: 'rs_0', output_index: 0, summary_index: 0, delta },
});

const answers = fc
  .record({
    thoughts: fc.array(
      text.filter((each) => each !== ''),
      { maxLength: 3 },
    ),
    words: fc.array(text, { maxLength: 6 }),
    calls: fc.array(
      fc.record({ name: fc.string({ minLength: 1 }), args: fc.dictionary(fc.string(), fc.jsonValue()) }),
      {
        maxLength: 3,
      },
    ),
    cuts: fc.array(fc.nat(40), { maxLength: 3 }),
    cutOff: fc.boolean(),
  })
  .map(({ thoughts, words, calls, cuts, cutOff }): Event[] => {
    const said = words.join('');
    const summary = { type: 'reasoning', id: 'rs_0', summary: [{ type: 'summary_text', text: thoughts.join('') }] };
    const made = calls.map(({ name, args }, index) => ({ index: index + 2, name, text: JSON.stringify(args) }));
    return [
      ...(thoughts.length === 0 ? [] : [...thoughts.map(reasoningDelta), itemDone(0, summary)]),
      ...words.map((word) => textDelta(word, 1)),
      ...(said === '' ? [] : [itemDone(1, { id: 'msg_1', ...message(said) })]),
      ...made.flatMap(({ index, name, text: args }) => [
        itemAdded(index, functionCall(`call_${index}`, name, '')),
        ...pieces(args, cuts).map((piece) => argumentsDelta(index, piece)),
        itemDone(index, functionCall(`call_${index}`, name, args)),
      ]),
      cutOff
        ? {
            ...completed({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
            type: 'response.incomplete',
          }
        : completed(),
    ];
  });

function pieces(value: string, cuts: readonly number[]): string[] {
  const at = [0, ...cuts.map((cut) => Math.min(cut, value.length)), value.length].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => value.slice(at[index], end));
}

test('the lines of a stream add up to the answer in one piece: text, thinking, calls, counts and reason', () => {
  fc.assert(
    fc.property(answers, fc.boolean(), (events, parseOnly) => {
      const lines = linesOf(events, { parseOnly });
      expect(addUp(lines)).toEqual(whole(events));
      expect(lines.map(({ done }) => done)).toEqual(lines.map((_, index) => index === lines.length - 1));
    }),
    { numRuns: 500 },
  );
});

test('thinking is hidden where it is not wanted, and nothing else', () => {
  fc.assert(
    fc.property(answers, (events) => {
      const shown = addUp(linesOf(events, { showsThinking: false }));
      expect(shown).toEqual(whole(events, false));
      expect(shown['message']).not.toHaveProperty('thinking');
    }),
    { numRuns: 200 },
  );
});

test('no order and no mutation of events makes a stream throw, or write what is no line of JSON', () => {
  const event = fc.record({
    type: fc.constantFrom(
      ...[
        'response.output_item.added',
        'response.output_item.done',
        'response.output_text.delta',
        'response.refusal.delta',
      ],
      ...['response.function_call_arguments.delta', 'response.reasoning_summary_text.delta', 'response.completed'],
      ...['response.incomplete', 'response.failed', 'error'],
    ),
    more: fc.dictionary(
      fc.constantFrom('item', 'delta', 'response', 'output_index', 'error', 'message', 'code', 'summary_index'),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 10 }), (events) => {
      for (const line of linesOf(events.map(({ type, more }) => ({ ...more, type }))))
        expect(line).toBeTypeOf('object');
    }),
    { numRuns: 1_000 },
  );
});

test('an answer of all kinds is written line by line', () => {
  const events: Event[] = [
    reasoningDelta('A city.'),
    textDelta('Look', 1),
    textDelta('ing.', 1),
    itemAdded(2, functionCall('call_2', 'weather', '')),
    argumentsDelta(2, '{"city":'),
    argumentsDelta(2, '"Bern"}'),
    itemDone(2, functionCall('call_2', 'weather', '{"city":"Bern"}')),
    completed(),
  ];
  const head = { model: 'gpt-5.5', created_at: '2023-11-14T22:13:20.000Z' };
  const said = (more: JsonObject) => ({ ...head, message: { role: 'assistant', content: '', ...more }, done: false });
  expect(linesOf(events)).toEqual([
    said({ thinking: 'A city.' }),
    said({ content: 'Look' }),
    said({ content: 'ing.' }),
    said({ tool_calls: [{ id: 'call_2', function: { index: 0, name: 'weather', arguments: { city: 'Bern' } } }] }),
    {
      ...{ ...head, message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' },
      ...{ total_duration: 250_000_000, load_duration: 0, prompt_eval_count: 100, prompt_eval_duration: 250_000_000 },
      ...{ eval_count: 20, eval_duration: 0 },
    },
  ]);
});

test('a failure in the middle is the last line, and a stop sequence ends the text where it stands', () => {
  const failed: Event = {
    type: 'response.failed',
    response: { error: { code: 'server_error', message: 'It broke.' } },
  };
  expect(linesOf([textDelta('Half'), failed]).at(-1)).toEqual({ error: 'It broke.' });
  const stopped = linesOf([textDelta('one EN'), textDelta('D two'), completed()], { stop: ['END'] });
  expect(stopped.map((line) => line.message.content).join('')).toBe('one ');
  expect(stopped.at(-1)).toMatchObject({ done: true, done_reason: 'stop' });
});

test('a call that was cut off is none, and the reason says so', () => {
  const cut = {
    ...completed({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
    type: 'response.incomplete',
  };
  const events: Event[] = [itemAdded(0, functionCall('call_0', 'weather', '')), argumentsDelta(0, '{"ci'), cut];
  expect(addUp(linesOf(events))).toMatchObject({ message: { role: 'assistant', content: '' }, done_reason: 'length' });
});
