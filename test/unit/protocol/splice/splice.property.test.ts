import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createChatStream } from '../../../../src-main/protocol/chat-stream.ts';
import { asData, chatOptions, dataOf } from '../feed.ts';
import { answerOf, call, createClientStream, type Json, message, readByLibrary, reasoning } from './answer-stream.ts';

// Many runs, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const word = fc.oneof(
  fc.stringMatching(/^[a-z]{1,9}$/).filter((letters) => !/^(.{3,})\1/.test(letters)),
  fc.constantFrom('naïve', '世界', '😀', '"x"', '\\n', 'I’m', '42,', 'data:'),
);
const prose = fc
  .tuple(fc.uniqueArray(word, { minLength: 1, maxLength: 30 }), fc.constantFrom(' ', '\n', ' \n\n'))
  .map(([words, space]) => words.join(space));

/** What an answer is made of; every attempt makes its own items of it. */
const shape = fc.record({
  reasons: fc.boolean(),
  comment: fc.option(prose.map((text) => `NOTE ${text.toUpperCase()}`)),
  text: prose,
  calls: fc.boolean(),
});
type Shape = Parameters<Parameters<typeof shape.map>[0]>[0];

/** The answer behind what was said of it already, repeating the last `repeat` bytes and more of that. */
function answer({ reasons, comment, text, calls }: Shape, said: readonly string[] = [], repeat = 0): Json[] {
  const left = [...(comment === null ? [] : [comment]), text].slice(Math.max(0, said.length - 1));
  const last = said.at(-1) ?? '';
  const again = repeat === 0 || Buffer.byteLength(last) < 16 ? '' : last.slice(-Math.max(16, repeat));
  const [first, ...rest] = left;
  // A model that has nothing to add to one message goes straight on with the next.
  const items = last === first && rest.length > 0 ? rest : [again + first!.slice(last.length), ...rest];
  return [
    ...(reasons ? [reasoning()] : []),
    ...items.map((each, index) => message(each, index < items.length - 1 ? { phase: 'commentary' } : {})),
    ...(calls ? [call()] : []),
  ];
}

function chatTextOf(events: readonly Json[]): string {
  const chat = createChatStream(chatOptions);
  const text = events
    .map((event) => chat.event(String(event['type']), ...asData(JSON.stringify(event))) ?? '')
    .join('');
  return dataOf(text)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data).choices[0]?.delta.content ?? '')
    .join('');
}

const textsIn = (items: readonly Json[]): unknown[] =>
  items.flatMap((item) => (item['type'] === 'message' ? (item['content'] as Json[]).map((part) => part['text']) : []));

test('wherever an answer breaks, once or twice, the client reads one whole answer', async () => {
  const cut = fc.record({ at: fc.nat(), repeat: fc.constantFrom(0, 0, 16, 40, 400) });
  await fc.assert(
    fc.asyncProperty(
      shape,
      fc.array(cut, { minLength: 1, maxLength: 2 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 4 }),
      async (given, cuts, sizes) => {
        const client = createClientStream();
        let said: string[] = [];
        let repeat = 0;
        for (const { at, repeat: next } of cuts) {
          const events = answerOf(answer(given, said, repeat));
          // After the handshake, before the end, and never behind a tool call.
          const tool = events.findIndex(({ item }) => (item as Json | undefined)?.['type'] === 'function_call');
          const last = (tool === -1 ? events.length - 1 : tool) - 2;
          const [opened] = events;
          const output = 2 + (at % Math.max(1, last));
          expect(client.send([opened!, ...events.slice(1, output)], sizes)).toBe(true);
          said = client.goOn();
          repeat = next;
        }
        const last = answerOf(answer(given, said, repeat));
        expect(client.send(last, sizes)).toBe(true);

        const { events } = client;
        expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, index) => index));
        const whole = [...(given.comment === null ? [] : [given.comment]), given.text];
        expect(chatTextOf(events)).toBe(whole.join(''));

        const response = (await readByLibrary(events)) as unknown as Json;
        const output = response['output'] as Json[];
        expect(textsIn(output)).toEqual(whole);
        expect(output.filter(({ type }) => type === 'function_call').length).toBe(given.calls ? 1 : 0);

        const done = events.filter(({ type }) => type === 'response.output_item.done');
        expect(textsIn(done.map(({ item }) => item as Json))).toEqual(whole);
        const first = events[0]!['response'] as Json;
        const final = events.at(-1)!['response'] as Json;
        expect([final['id'], final['created_at']]).toEqual([first['id'], first['created_at']]);
        const indexes = events.flatMap((event) => (event['item'] === undefined ? [] : [event['output_index']]));
        expect(Math.max(...(indexes as number[])) + 1).toBe(output.length);
      },
    ),
    { numRuns: 500 },
  );
});
