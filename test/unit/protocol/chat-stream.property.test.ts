import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { responseToChatCompletion } from '../../../src-main/protocol/chat-completion.ts';
import { createChatStream } from '../../../src-main/protocol/chat-stream.ts';
import { createResponseCollector } from '../../../src-main/protocol/response-collect.ts';
import { cutAtStop } from '../../../src-main/protocol/stop-cutter.ts';
import {
  addUp,
  argumentsDelta,
  asData,
  chatOptions,
  completed,
  dataOf,
  type Event,
  functionCall,
  itemAdded,
  itemDone,
  message,
  runChat,
  runCollector,
  textDelta,
} from './feed.ts';

// Many runs, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

/** Any string of UTF-16 units, with the characters that break naive splicing. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '\\', '\n', '\r', '\u2028', '\ud800', '\udc00', '\u0000', '"delta":"', '","delta":"x', '😀'),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

test('any text survives as it is, spliced or parsed', () => {
  fc.assert(
    fc.property(fc.array(text), fc.boolean(), (deltas, parseOnly) => {
      const run = runChat([...deltas.map((delta) => textDelta(delta)), completed()], { parseOnly });
      expect(addUp(run).content).toBe(deltas.join(''));
    }),
    { numRuns: 500 },
  );
});

/** An event as some serializer may have written it: keys in any order, spaces, odd values beside. */
const writtenEvent = fc
  .record({
    type: fc.constantFrom(
      'response.output_text.delta',
      'response.refusal.delta',
      'response.reasoning_text.delta',
      'response.reasoning_summary_text.delta',
      'response.function_call_arguments.delta',
    ),
    members: fc.shuffledSubarray(
      [
        'delta',
        'output_index',
        'content_index',
        'summary_index',
        'item_id',
        'logprobs',
        'obfuscation',
        'extra',
        'delta2',
      ],
      { minLength: 1 },
    ),
    delta: fc.oneof(text, fc.jsonValue()),
    index: fc.oneof(fc.nat(3), fc.constantFrom<unknown>(-1, 1.5, 1e21, '0', null, true)),
    noise: fc.oneof(text, fc.jsonValue()),
    spaces: fc.boolean(),
    cut: fc.option(fc.nat(400), { freq: 6 }),
    insert: fc.option(fc.tuple(fc.nat(400), fc.constantFrom('"', '\\', '{', '}', ',', ':', '0', ' ', '\u0001', 'u')), {
      freq: 3,
    }),
  })
  .map(({ type, members, delta, index, noise, spaces, cut, insert }) => {
    const values: Record<string, unknown> = {
      delta,
      delta2: 'second',
      output_index: index,
      content_index: index,
      summary_index: index,
      item_id: noise,
      logprobs: [],
      obfuscation: noise,
      extra: noise,
    };
    const colon = spaces ? ' : ' : ':';
    const parts = ['type', ...members].map((name) => {
      const key = name === 'delta2' ? 'delta' : name;
      return `"${key}"${colon}${JSON.stringify(name === 'type' ? type : values[name])}`;
    });
    let json = `{${parts.join(spaces ? ' , ' : ',')}}`;
    if (insert !== null) json = json.slice(0, insert[0]) + insert[1] + json.slice(insert[0]);
    return { type, json: cut === null ? json : json.slice(0, cut) };
  });

const parsedChunks = (shown: string): unknown[] =>
  dataOf(shown).map((data): unknown => (data === '[DONE]' ? data : JSON.parse(data)));

test('splicing and parsing give the same chunks for every input', () => {
  fc.assert(
    fc.property(fc.array(writtenEvent, { maxLength: 6 }), fc.boolean(), (events, withStop) => {
      const options = { ...chatOptions, stop: withStop ? ['"', 'second'] : [] };
      const spliced = createChatStream(options);
      const parsed = createChatStream({ ...options, parseOnly: true });
      for (const { type, json } of events) {
        const data = asData(json);
        expect(parsedChunks(spliced.event(type, ...data) ?? '')).toEqual(
          parsedChunks(parsed.event(type, ...data) ?? ''),
        );
      }
      expect(spliced.malformed()).toBe(parsed.malformed());
    }),
    { numRuns: 3_000 },
  );
});

const anyBytes = fc.uint8Array({ maxLength: 40 });

test('broken UTF-8 inside a delta reads the same, spliced or parsed', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const json = Buffer.concat([
        Buffer.from('{"type":"response.output_text.delta","output_index":0,"delta":"'),
        bytes,
        Buffer.from('"}'),
      ]);
      const spliced = createChatStream(chatOptions).event('response.output_text.delta', json, 0, json.length);
      const parsed = createChatStream({ ...chatOptions, parseOnly: true });
      expect(parsedChunks(spliced ?? '')).toEqual(
        parsedChunks(parsed.event('response.output_text.delta', json, 0, json.length) ?? ''),
      );
    }),
    { numRuns: 2_000 },
  );
});

const stopping = fc.record({
  pieces: fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀', '\ud83d'), maxLength: 5 }), {
    maxLength: 12,
  }),
  stop: fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\ude00'), minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  }),
});

test('stop sequences cut any deltas where they would cut the whole text, streamed or not', () => {
  fc.assert(
    fc.property(stopping, ({ pieces, stop }) => {
      const whole = pieces.join('');
      const run = runChat([...pieces.map((piece) => textDelta(piece)), completed()], { stop });
      const cut = cutAtStop(whole, stop);
      expect({ content: addUp(run).content, stopped: run.stream.stopped() }).toEqual({
        content: cut ?? whole,
        stopped: cut !== null,
      });
      const context = { ...chatOptions, stop };
      const completion = responseToChatCompletion({ status: 'completed', output: [message(whole)] }, context);
      expect(completion).toMatchObject({ choices: [{ message: { content: cut ?? whole }, finish_reason: 'stop' }] });
    }),
    { numRuns: 2_000 },
  );
});

test('stop sequences cut at the one that is complete first, seen one character at a time', () => {
  fc.assert(
    fc.property(stopping, ({ pieces, stop }) => {
      const whole = pieces.join('');
      let expected: string | null = null;
      for (let end = 1; end <= whole.length && expected === null; end += 1) {
        const matches = stop.filter((entry) => whole.slice(0, end).endsWith(entry));
        const longest = Math.max(0, ...matches.map((entry) => entry.length));
        if (longest > 0) expected = whole.slice(0, end - longest);
      }
      expect(cutAtStop(whole, stop)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});

/** Calls whose argument pieces arrive in any interleaving, some calls without any delta. */
const interleaved = fc
  .array(
    fc.record({ pieces: fc.array(text, { maxLength: 4 }), streamed: fc.boolean(), name: fc.string({ minLength: 1 }) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .chain((calls) => {
    const sends = calls.flatMap(({ pieces, streamed }, index) => (streamed ? pieces.map(() => index) : []));
    return fc.record({ calls: fc.constant(calls), order: fc.shuffledSubarray(sends, { minLength: sends.length }) });
  });

test('tool calls survive any interleaving of their arguments, streamed or not', () => {
  fc.assert(
    fc.property(interleaved, ({ calls, order }) => {
      const next = calls.map(() => 0);
      const expected = calls.map(({ name, pieces }, index) => ({
        id: `call_${index}`,
        type: 'function',
        name,
        payload: pieces.join(''),
      }));
      const events: Event[] = [
        ...calls.map(({ name }, index) => itemAdded(index, functionCall(`call_${index}`, name, ''))),
        ...order.map((index) => argumentsDelta(index, calls[index]!.pieces[next[index]!++]!)),
        ...expected.map(({ id, name, payload }, index) => itemDone(index, functionCall(id, name, payload))),
        completed(),
      ];
      expect(addUp(runChat(events))).toMatchObject({ calls: expected, finish: 'tool_calls' });
      const completion = responseToChatCompletion(runCollector(events).response(), chatOptions);
      expect(completion).toMatchObject({
        choices: [
          {
            message: {
              content: null,
              tool_calls: expected.map(({ id, name, payload }) => ({
                id,
                type: 'function',
                function: { name, arguments: payload },
              })),
            },
          },
        ],
      });
    }),
    { numRuns: 500 },
  );
});

const types = [
  'response.created',
  'response.output_item.added',
  'response.output_item.done',
  'response.output_text.delta',
  'response.refusal.delta',
  'response.reasoning_text.delta',
  'response.reasoning_summary_text.delta',
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
  'response.output_text.annotation.added',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
  'something.else',
];

/** Objects with the right names and anything as values, nested a few levels. */
const oddValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom(
      'message',
      'function_call',
      'custom_tool_call',
      'reasoning',
      'output_text',
      'refusal',
      'url_citation',
    ),
    tie('object'),
    fc.array(tie('object'), { maxLength: 3 }),
  ),
  object: fc.dictionary(
    fc.constantFrom(
      ...['type', 'item', 'response', 'output', 'content', 'summary', 'text', 'delta', 'refusal', 'arguments', 'input'],
      ...[
        'name',
        'call_id',
        'id',
        'output_index',
        'content_index',
        'annotation',
        'annotations',
        'usage',
        'error',
        'headers',
      ],
      ...['message', 'code', 'incomplete_details', 'reason', 'start_index', '__proto__'],
    ),
    tie('value'),
    { maxKeys: 6 },
  ),
}));

test('no order and no mutation of events makes the stream or the collector throw', () => {
  const event = fc.record({
    type: fc.constantFrom(...types),
    json: fc.oneof(oddValue.object, oddValue.value).map((value) => JSON.stringify(value) ?? ''),
    cut: fc.option(fc.nat(60), { freq: 8 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), fc.boolean(), (events, legacyFunctions) => {
      const stream = createChatStream({ ...chatOptions, legacyFunctions, stop: ['a'], includeUsage: true });
      const collector = createResponseCollector();
      let shown = '';
      for (const { type, json, cut } of events) {
        const data = asData(cut === null ? json : json.slice(0, cut));
        shown += stream.event(type, ...data) ?? '';
        collector.event(type, ...data);
      }
      parsedChunks(shown);
      const response = collector.response();
      expect(Array.isArray(response['output'])).toBe(true);
      JSON.stringify(responseToChatCompletion(response, chatOptions));
    }),
    { numRuns: 1_000 },
  );
});
