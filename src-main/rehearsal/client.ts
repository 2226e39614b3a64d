import { once } from 'node:events';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { WebSocket } from 'ws';
import type { RehearsalClient } from '../../src-shared/contract/rehearsal.ts';
import { asObject, asObjects, asText, type JsonObject } from '../protocol/json-object.ts';

/** What a client of that kind would show its person. */
export interface Shown {
  readonly text: string;
  /** `null` where the answer looks whole. */
  readonly error: string | null;
}

const MODEL = 'gpt-5.5';

/** Asks as that kind of client does, over a real connection, and reads the answer as it would. */
export async function askAs(client: RehearsalClient, url: string, key: string, order: string): Promise<Shown> {
  if (client === 'websocket') return askOverSocket(url, key, order);
  const chat = client.startsWith('chat');
  const codex = client === 'codex';
  const stream = codex || client.endsWith('stream');
  const response = await fetch(`${url}/v1/${chat ? 'chat/completions' : 'responses'}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(codex ? codexHeaders : {}),
    },
    body: JSON.stringify(bodyOf(client, stream, order)),
  });
  if (response.status !== 200 || !stream || response.body === null) return shownWhole(await response.json(), chat);
  const events: JsonObject[] = [];
  const frames = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of frames) if (data !== '[DONE]') events.push(asObject(JSON.parse(data)) ?? {});
  return shownOf(events);
}

const codexHeaders = { 'user-agent': 'codex_cli_rs/0.169.0', originator: 'codex_cli_rs' };

function bodyOf(client: RehearsalClient, stream: boolean, order: string): JsonObject {
  if (client.startsWith('chat')) return { model: MODEL, stream, messages: [{ role: 'user', content: order }] };
  return client === 'codex' ? codexBody(order) : { model: MODEL, stream, input: order };
}

const message = (role: string, text: string): JsonObject => ({
  type: 'message',
  role,
  content: [{ type: 'input_text', text }],
});

/** PROTOCOL 2.3. */
const codexBody = (order: string): JsonObject => ({
  model: MODEL,
  stream: true,
  input: [message('developer', 'You are a coding agent.'), message('user', order)],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: `rehearsal ${order}`,
});

async function askOverSocket(url: string, key: string, order: string): Promise<Shown> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/responses`, {
    headers: { authorization: `Bearer ${key}`, ...codexHeaders },
  });
  try {
    await once(socket, 'open');
    const events: JsonObject[] = [];
    const ended = new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.on('message', (data) => {
        const event = asObject(JSON.parse(String(data))) ?? {};
        events.push(event);
        if (/^(response\.(completed|incomplete|failed)|error)$/.test(asText(event['type']) ?? '')) resolve();
      });
    });
    socket.send(JSON.stringify({ type: 'response.create', ...codexBody(order) }));
    await ended;
    return shownOf(events);
  } finally {
    socket.terminate();
  }
}

function shownWhole(body: unknown, chat: boolean): Shown {
  const answer = asObject(body);
  const error = asObject(answer?.['error']);
  if (error !== null) return { text: '', error: asText(error['code']) ?? 'error' };
  if (chat) {
    const first = asObject(asObjects(answer?.['choices'])[0]?.['message']);
    return { text: asText(first?.['content']) ?? '', error: null };
  }
  const text = asObjects(answer?.['output'])
    .flatMap((item) => asObjects(item['content']))
    .map((part) => asText(part['text']) ?? '')
    .join('');
  return { text, error: answer?.['status'] === 'completed' ? null : (asText(answer?.['status']) ?? 'no answer') };
}

function shownOf(events: readonly JsonObject[]): Shown {
  let text = '';
  let ended = false;
  for (const event of events) {
    const type = asText(event['type']);
    const error = asObject(event['error']) ?? asObject(asObject(event['response'])?.['error']);
    if (error !== null) return { text, error: asText(error['code']) ?? 'error' };
    if (type === 'response.output_text.delta') text += asText(event['delta']) ?? '';
    const [choice] = asObjects(event['choices']);
    text += asText(asObject(choice?.['delta'])?.['content']) ?? '';
    if (type === 'response.completed' || choice?.['finish_reason'] === 'stop') ended = true;
  }
  return { text, error: ended ? null : 'the stream ended without an end' };
}
