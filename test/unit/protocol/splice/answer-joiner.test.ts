import { expect, test } from 'vitest';
import { answerOf, call, createClientStream, type Json, message, readByLibrary, reasoning } from './answer-stream.ts';

const text = 'one two three four five six seven eight nine ten';
const rest = 'five six seven eight nine ten';

/** A client that has read the answer up to the `count`th event of a type, and is to get the rest from another account. */
function clientAfter(items: readonly Json[], type: string, count = 1) {
  const events = answerOf(items);
  let left = count;
  const index = events.findIndex((event) => {
    if (event.type === type) left -= 1;
    return left === 0;
  });
  const client = createClientStream();
  client.send(events.slice(0, index + 1));
  const said = client.goOn();
  return { client, said, seen: index + 1 };
}

const delta = 'response.output_text.delta';
const contentOf = (events: readonly Json[]) =>
  ((events.at(-1)!['response'] as Json)['output'] as Json[]).map((item) => [
    item['type'],
    item['id'],
    (item['content'] as Json[] | undefined)?.[0]?.['text'],
  ]);

test('the rest of a text comes as events of the message that was begun', () => {
  const first = message(text);
  const { client, said, seen } = clientAfter([first], delta);
  expect(said).toEqual(['one two three four ']);
  client.send(answerOf([reasoning(), message(rest)]));
  const at = { item_id: first['id'], output_index: 0, content_index: 0 };
  const whole = { type: 'output_text', text, annotations: [] };
  const item = { ...first, content: [whole] };
  const response = client.events[0]!['response'] as Json;
  expect(client.events.slice(seen)).toEqual([
    { type: delta, sequence_number: 5, logprobs: [], ...at, delta: 'five six seven eight ' },
    { type: delta, sequence_number: 6, logprobs: [], ...at, delta: 'nine ten' },
    { type: 'response.output_text.done', sequence_number: 7, ...at, text, logprobs: [] },
    { type: 'response.content_part.done', sequence_number: 8, ...at, part: whole },
    { type: 'response.output_item.done', sequence_number: 9, output_index: 0, item },
    {
      type: 'response.completed',
      sequence_number: 10,
      response: {
        ...response,
        status: 'completed',
        output: [item],
        usage: { input_tokens: 100, output_tokens: 10, total_tokens: 110 },
      },
    },
  ]);
});

test('reasoning that was lost is not finished, so that no history takes it up, and is named in the end without its content', async () => {
  const lost = reasoning('A long thought about it that breaks off.');
  const { client } = clientAfter([lost, message(text)], 'response.reasoning_summary_text.delta');
  const [thought, answer] = [reasoning(), message(text)];
  client.send(answerOf([thought, answer]));
  const done = client.events.filter(({ type }) => type === 'response.output_item.done');
  expect(done.map(({ output_index: index, item }) => [index, (item as Json)['id']])).toEqual([
    [1, thought['id']],
    [2, answer['id']],
  ]);
  const response = await readByLibrary(client.events);
  expect(
    (response.output as unknown as Json[]).map((item) => [item['id'], item['encrypted_content'], item['status']]),
  ).toEqual([
    [lost['id'], undefined, 'incomplete'],
    [thought['id'], thought['encrypted_content'], undefined],
    [answer['id'], undefined, 'completed'],
  ]);
  expect(response.output_text).toBe(text);
});

test('a text that was whole is closed, and a tool call follows it with the reasoning that led to it', async () => {
  const first = message(text);
  const { client, said } = clientAfter([first], delta, 3);
  expect(said).toEqual([text]);
  const [thought, look] = [reasoning(), call()];
  client.send(answerOf([thought, look]));
  const response = await readByLibrary(client.events);
  expect(response.output.map(({ id }) => id)).toEqual([first['id'], thought['id'], look['id']]);
  expect(response.output_text).toBe(text);
});

test.each([
  ['nothing', []],
  ['an empty message', [message('')]],
  ['the same again', [message(text)]],
])('a message that was finished is not sent again where the other account adds %s', (_what, items) => {
  const first = message(text);
  const { client } = clientAfter([first], 'response.output_item.done');
  expect(client.send(answerOf(items))).toBe(true);
  expect(contentOf(client.events)).toEqual([['message', first['id'], text]]);
  expect(client.events.map(({ sequence_number: number }) => number)).toEqual(client.events.map((_, index) => index));
});

test('what is new behind a finished message is a message of its own', () => {
  const [first, second] = [message(text), message(`${text} And more.`)];
  const { client } = clientAfter([first], 'response.output_item.done');
  client.send(answerOf([second]));
  expect(contentOf(client.events)).toEqual([
    ['message', first['id'], text],
    ['message', second['id'], ' And more.'],
  ]);
});

test('an answer that is only in the terminal event is joined too', () => {
  const first = message(text);
  const { client } = clientAfter([first], delta);
  const events = answerOf([reasoning(), message(rest)]);
  expect(client.send([events[0]!, events.at(-1)!])).toBe(true);
  expect(contentOf(client.events)).toEqual([['message', first['id'], text]]);
});

test('an upstream that sends finished items only is joined too', () => {
  const first = message(text);
  const { client } = clientAfter([first], delta);
  const events = answerOf([reasoning(), message(rest)]).filter(({ type }) => /created|item\.done|completed/.test(type));
  expect(client.send(events)).toBe(true);
  expect(client.events.filter(({ type }) => type === delta).map(({ delta: piece }) => piece)).toEqual([
    'one two three four ',
    rest,
  ]);
  expect(contentOf(client.events)).toEqual([['message', first['id'], text]]);
});

test.each<[string, Json[]]>([
  ['only reasons', [reasoning()]],
  ['says nothing', []],
  ['refuses', [{ ...message(''), content: [{ type: 'refusal', refusal: 'I cannot go on.' }] }]],
  [
    'answers in parts',
    [
      {
        ...message(rest),
        content: [
          { type: 'output_text', text: rest },
          { type: 'output_text', text: 'x' },
        ],
      },
    ],
  ],
])('an account that %s does not end a text that was cut', (_what, items) => {
  const { client } = clientAfter([message(text)], delta);
  expect(client.send(answerOf(items))).toBe(false);
  expect(client.events.map(({ type }) => type)).not.toContain('response.completed');
});

test('an answer that reaches its limit while it goes on ends as incomplete, with all its text', () => {
  const { client } = clientAfter([message(text)], delta);
  const events = answerOf([message('five six')]);
  const last = events.at(-1)!;
  const response = {
    ...(last['response'] as Json),
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  };
  client.send([...events.slice(0, -1), { ...last, type: 'response.incomplete', response }]);
  expect(client.events.at(-1)!['type']).toBe('response.incomplete');
  expect(contentOf(client.events).map(([, , said]) => said)).toEqual(['one two three four five six']);
});

test('an event of another kind is passed on as it came, also while the answer is joined', () => {
  const { client, seen } = clientAfter([message(text)], delta);
  const [begun, ...more] = answerOf([message(rest)]);
  client.send([begun!, { type: 'keepalive', at: 1 }, ...more]);
  expect(client.events.slice(seen).filter(({ type }) => !String(type).startsWith('response.'))).toEqual([
    { type: 'keepalive', at: 1 },
  ]);
});

test('an upstream without numbers stays without them', () => {
  const plain = (items: Json[]): Json[] => answerOf(items).map(({ sequence_number: _, ...event }) => event);
  const client = createClientStream();
  client.send(plain([message(text)]).slice(0, 5));
  client.goOn();
  client.send(answerOf([message(rest)]));
  expect(client.events.filter((event) => 'sequence_number' in event)).toEqual([]);
});
