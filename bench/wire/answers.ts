import { findMark, UNSTAMPED_MARK } from './mark.ts';

export const MODEL = 'gpt-6-sol';

/** Text deltas in the answer of ten events, each with a mark. */
export const SHORT_DELTAS = 3;

interface Event {
  type: string;
  [member: string]: unknown;
}

const ITEM = 'msg_68a1f0c2d4b88191a3e5c7d9f0b1a2c3';
const RESPONSE = {
  id: 'resp_68a1f0c2d4b88191b4d6e8f0a1c2e3d5',
  object: 'response',
  created_at: 1_790_000_000,
  model: MODEL,
  parallel_tool_calls: true,
  tool_choice: 'auto',
  tools: [],
  metadata: {},
};
const USAGE = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 120,
};
const TEXT = 'A short answer from the upstream of the benchmark.';
const PART = { type: 'output_text', text: TEXT, annotations: [] };
const MESSAGE = { id: ITEM, type: 'message', role: 'assistant', status: 'completed', content: [PART] };
const COMPLETED = { ...RESPONSE, status: 'completed', output: [MESSAGE], usage: USAGE };

const STREAM_HEAD = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-store\r\n' +
    'x-request-id: req_68a1f0c2d4b8\r\ntransfer-encoding: chunked\r\n\r\n',
);
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

const created = { type: 'response.created', response: { ...RESPONSE, status: 'in_progress', output: [] } };
const itemAdded = {
  type: 'response.output_item.added',
  output_index: 0,
  item: { ...MESSAGE, status: 'in_progress', content: [] },
};
const place = { item_id: ITEM, output_index: 0, content_index: 0 };
const partAdded = { type: 'response.content_part.added', ...place, part: { ...PART, text: '' } };
const delta = { type: 'response.output_text.delta', ...place, delta: `A short piece. ${UNSTAMPED_MARK}` };
const ending = [
  { type: 'response.output_text.done', ...place, text: TEXT },
  { type: 'response.content_part.done', ...place, part: PART },
  { type: 'response.output_item.done', output_index: 0, item: MESSAGE },
  { type: 'response.completed', response: COMPLETED },
];

/** Each answer is a list of writes, ready for the socket. */
export const SHORT_ANSWER = inWrites(numbered([created, itemAdded, partAdded, delta, delta, delta, ...ending]));
export const THREE_EVENT_ANSWER = inWrites(
  numbered([created, delta, { type: 'response.completed', response: COMPLETED }]),
);
export const PACED_OPENING = Buffer.concat([STREAM_HEAD, ...numbered([created, itemAdded, partAdded]).map(chunk)]);
export const PACED_ENDING = Buffer.concat([...numbered(ending, 1_000_000).map(chunk), LAST_CHUNK]);
/** Sent over and over with a new mark; its sequence number stays, as nothing under measurement reads it. */
export const PACED_DELTA = chunk(numbered([delta], 3)[0]!);
export const PACED_DELTA_MARK_AT = findMark(PACED_DELTA, 0);
export const JSON_ANSWER = jsonAnswer(200, COMPLETED);
export const MODELS_ANSWER = jsonAnswer(200, {
  object: 'list',
  data: [{ id: MODEL, object: 'model', created: 1_780_000_000, owned_by: 'openai' }],
});
export const NOT_FOUND_ANSWER = jsonAnswer(404, {
  error: { message: 'The benchmark upstream serves /v1/responses and /v1/models.', type: 'invalid_request_error' },
});

function numbered(events: Event[], first = 0): Buffer[] {
  return events.map(({ type, ...rest }, index) =>
    Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: first + index, ...rest })}\n\n`),
  );
}

function inWrites(events: Buffer[]): Buffer[] {
  const writes = events.map(chunk);
  writes[0] = Buffer.concat([STREAM_HEAD, writes[0]!]);
  writes.push(Buffer.concat([writes.pop()!, LAST_CHUNK]));
  return writes;
}

function chunk(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${payload.length.toString(16)}\r\n`), payload, Buffer.from('\r\n')]);
}

function jsonAnswer(status: number, body: object): Buffer {
  const payload = Buffer.from(JSON.stringify(body));
  return Buffer.concat([
    Buffer.from(
      `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Not Found'}\r\ncontent-type: application/json\r\n` +
        `x-request-id: req_68a1f0c2d4b8\r\ncontent-length: ${payload.length}\r\n\r\n`,
    ),
    payload,
  ]);
}
