import { expect, test } from 'vitest';
import { createAnswerObserver } from '../../../../src-main/protocol/splice/answer-observer.ts';
import { continuationOf } from '../../../../src-main/protocol/splice/continuation.ts';
import { spliceVerdict } from '../../../../src-main/protocol/splice/splice-verdict.ts';
import { createFrameSplitter } from '../../../../src-main/protocol/sse-frames.ts';
import { answerOf, call, type Json, message, reasoning, sse } from './answer-stream.ts';

/** The verdict over a stream that breaks behind these events. */
function verdictOf(events: readonly Json[], spliced = 0) {
  const observer = createAnswerObserver();
  createFrameSplitter(1 << 20, (frame) => observer.frame(frame)).push(sse(events));
  return spliceVerdict(observer.seen(), spliced);
}

/** The events up to and with the `count`th of a type. */
function upTo(events: readonly Json[], type: string, count = 1): Json[] {
  let left = count;
  const index = events.findIndex((event) => {
    if (event['type'] === type) left -= 1;
    return left === 0;
  });
  return events.slice(0, index + 1);
}

const text = 'one two three four five six seven eight nine ten';
const delta = 'response.output_text.delta';

test('reasoning alone is begun anew, text is gone on with', () => {
  const events = answerOf([reasoning(), message(text)]);
  const kinds = [
    'response.reasoning_summary_text.delta',
    'response.output_item.done',
    delta,
    'response.output_text.done',
  ];
  expect(kinds.map((type) => verdictOf(upTo(events, type)).kind)).toEqual([
    'restart',
    'restart',
    'continue',
    'continue',
  ]);
});

test('what the client has seen is read back whole', () => {
  const first = message('Let me look.', { phase: 'commentary' });
  const thought = reasoning();
  const open = message(text);
  const events = upTo(answerOf([thought, first, open]), delta, 3);
  const verdict = verdictOf(events);
  const { response } = events[0] as { response: Json };
  expect(verdict).toEqual({
    kind: 'continue',
    seen: {
      responseId: response['id'],
      createdAt: response['created_at'],
      lastSequence: events.length - 1,
      done: [
        { index: 0, item: thought },
        { index: 1, item: first },
      ],
      buried: [],
      open: [{ index: 2, item: { ...open, status: 'in_progress', content: [] } }],
      part: 'open',
      text: 'one two three four five six seven eight ',
      reasoningDeltas: 1,
    },
  });
});

test('the next account is given the answer so far as its own turns, and told to go on', () => {
  const verdict = verdictOf(
    upTo(answerOf([reasoning(), message('Let me look.', { phase: 'commentary' }), message(text)]), delta, 2),
  );
  if (verdict.kind === 'never') throw new Error(verdict.why);
  const { items, sentCharacters } = continuationOf(verdict.seen, 'developer');
  const said = (words: string, more: Json = {}): Json => ({
    type: 'message',
    role: 'assistant',
    ...more,
    content: [{ type: 'output_text', text: words }],
  });
  expect(items.slice(0, 2)).toEqual([said('Let me look.', { phase: 'commentary' }), said('one two three four ')]);
  expect(items.slice(2)).toEqual([
    {
      type: 'message',
      role: 'developer',
      content: [
        { type: 'input_text', text: expect.stringMatching(/^The connection broke .*Continue exactly where it stops/) },
      ],
    },
  ]);
  expect(sentCharacters).toBe('Let me look.one two three four '.length);
});

test('an answer that begins anew is asked for as it was', () => {
  const verdict = verdictOf(upTo(answerOf([reasoning(), message(text)]), 'response.output_item.done'));
  if (verdict.kind === 'never') throw new Error(verdict.why);
  expect(continuationOf(verdict.seen, 'developer')).toEqual({ items: [], sentCharacters: 0 });
});

const refusal = { ...message(''), content: [{ type: 'refusal', refusal: 'I cannot help with that, I am sorry.' }] };
const cited = {
  ...message(text),
  content: [
    { type: 'output_text', text, annotations: [{ type: 'url_citation', start_index: 0, end_index: 3, url: 'u' }] },
  ],
};
const twoParts = {
  ...message(text),
  content: [
    { type: 'output_text', text, annotations: [] },
    { type: 'output_text', text, annotations: [] },
  ],
};

test.each<[string, Json[], string]>([
  [
    'a tool call half sent',
    upTo(answerOf([message(text), call()]), 'response.function_call_arguments.delta'),
    'it calls a tool',
  ],
  [
    'a tool call announced',
    upTo(answerOf([message(text), call()]), 'response.output_item.added', 2),
    'it calls a tool',
  ],
  ['a tool call done', upTo(answerOf([call(), message(text)]), delta), 'it calls a tool'],
  [
    'a tool of the upstream',
    upTo(answerOf([{ type: 'web_search_call', id: 'ws_1', status: 'completed' }, message(text)]), delta),
    'it calls a tool',
  ],
  [
    'a kind of delta that is not known',
    [...upTo(answerOf([message(text)]), delta), { type: 'response.audio.delta', delta: 'x' }],
    'it calls a tool',
  ],
  ['a refusal announced', upTo(answerOf([refusal]), 'response.content_part.added'), 'it is a refusal'],
  ['a refusal half said', upTo(answerOf([refusal]), 'response.refusal.delta'), 'it is a refusal'],
  ['a citation', upTo(answerOf([cited]), 'response.output_text.annotation.added'), 'it cites sources'],
  [
    'a finished message with citations',
    answerOf([cited, message(text)])
      .filter(({ type }) => !type.includes('annotation'))
      .slice(0, -4),
    'it is more than plain text',
  ],
  ['a second part', upTo(answerOf([twoParts]), 'response.content_part.added', 2), 'it is more than one text'],
  [
    'half a character',
    [
      ...upTo(answerOf([message(text)]), delta),
      { type: delta, output_index: 0, content_index: 0, delta: '\ud83d', sequence_number: 9 },
    ],
    'it stopped inside a character',
  ],
  [
    'two messages at once',
    [
      ...upTo(answerOf([message(text)]), delta),
      { type: 'response.output_item.added', output_index: 1, item: message('') },
    ],
    'it is more than one text',
  ],
  [
    'a text event that is no JSON',
    [...upTo(answerOf([message(text)]), delta), { type: delta, output_index: 0, content_index: 0 }],
    'a text event could not be read',
  ],
  ['no id', upTo(answerOf([message(text)]), delta).slice(1), 'it has no id'],
  ['more than is kept', upTo(answerOf([message('word '.repeat(60_000))]), delta, 15_000), 'it is too long'],
])('%s is never gone on with', (_what, events, why) => {
  expect(verdictOf(events)).toEqual({ kind: 'never', why });
});

test('an answer is gone on with twice and no more', () => {
  const events = upTo(answerOf([message(text)]), delta);
  expect([0, 1, 2].map((spliced) => verdictOf(events, spliced).kind)).toEqual(['continue', 'continue', 'never']);
});

test('the id of the response is found behind other members, and in front of a large echo of the request', () => {
  const [created, ...rest] = upTo(answerOf([message(text)]), delta);
  const response = {
    object: 'response',
    created_at: 7,
    metadata_note: 'a "quoted" note',
    id: 'resp_\\1',
    instructions: 'x'.repeat(50_000),
  };
  const verdict = verdictOf([{ ...created, response }, ...rest]);
  expect(verdict).toMatchObject({ kind: 'continue', seen: { responseId: 'resp_\\1', createdAt: 7 } });
});

test('events that are not numbered do not hide the number of the last one that is', () => {
  const events = upTo(answerOf([message(text)]), delta);
  const noise = [
    { type: 'keepalive' },
    { type: 'response.something_new', detail: [1] },
    { type: 'codex.response.metadata' },
  ];
  expect(verdictOf([...events, ...noise])).toMatchObject({ seen: { lastSequence: events.length - 1 } });
});
