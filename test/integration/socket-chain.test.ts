import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { JsonObject } from '../../src-main/simulator/json-object.ts';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
let socket: WebSocket | null = null;
afterEach(async () => {
  socket?.terminate();
  await running?.stop();
  running = socket = null;
});

const start = async (): Promise<RunningRelay> => {
  running = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'b', kind: 'chatgpt' },
    ],
  });
  return running;
};

const codex = { 'user-agent': 'codex_exec/0.169.0 (test)', originator: 'codex_exec', 'session-id': 'thread' };

async function connect(relay: RunningRelay, headers: Record<string, string> = codex): Promise<WebSocket> {
  socket = new WebSocket(`${relay.url.replace('http', 'ws')}/v1/responses`, {
    headers: { authorization: `Bearer ${relay.key}`, ...headers },
  });
  await once(socket, 'open');
  return socket;
}

interface Said {
  readonly id: string;
  readonly items: readonly JsonObject[];
  readonly error: JsonObject | null;
}

/** Sends one `response.create` and reads to the end of its answer. */
function say(on: WebSocket, more: JsonObject): Promise<Said> {
  const items: JsonObject[] = [];
  return new Promise((resolve) => {
    const read = (data: Buffer): void => {
      const event = JSON.parse(data.toString()) as JsonObject;
      const { type } = event;
      if (type === 'response.output_item.done') items.push(event['item'] as JsonObject);
      if (type !== 'response.completed' && type !== 'error') return;
      on.off('message', read);
      const response = (event['response'] ?? {}) as JsonObject;
      resolve({ id: String(response['id']), items, error: (event['error'] ?? null) as JsonObject | null });
    };
    on.on('message', read);
    on.send(
      JSON.stringify({
        type: 'response.create',
        model: 'gpt-5.5',
        instructions: 'Be brief.',
        store: false,
        reasoning: { effort: 'high' },
        include: ['reasoning.encrypted_content'],
        prompt_cache_key: 'thread',
        ...more,
      }),
    );
  });
}

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const textOf = ({ items }: Said): unknown =>
  items.flatMap(({ type, content }) =>
    type === 'message' ? (content as { text: string }[]).map(({ text }) => text) : [],
  )[0];
async function only(relay: RunningRelay, label: string): Promise<void> {
  for (const account of relay.relay.accounts.list()) {
    await relay.relay.accounts.setEnabled(account.id, account.label === label);
  }
}
const lastInput = (relay: RunningRelay, label: string): JsonObject[] =>
  (relay.simulator.modelRequests(label).at(-1)!.body as { input: JsonObject[] }).input;

test('a chain over one socket moves between accounts and back; no account gets what another encrypted', async () => {
  const relay = await start();
  const on = await connect(relay);
  const warm = await say(on, { input: [], generate: false });
  let previous = warm.id;
  const seen: unknown[] = [];
  for (const [label, text] of [
    ['a', 'one'],
    ['b', 'two'],
    ['a', 'three'],
    ['b', 'four'],
  ] as const) {
    await only(relay, label);
    const said = await say(on, { input: [user(text)], previous_response_id: previous });
    previous = said.id;
    seen.push([textOf(said), lastInput(relay, label).map(({ type, role }) => role ?? type)]);
  }
  expect(seen).toEqual([
    ['You said: one', ['user']],
    ['You said: two', ['user', 'assistant', 'user']],
    ['You said: three', ['user', 'reasoning', 'assistant', 'user', 'assistant', 'user']],
    ['You said: four', ['user', 'assistant', 'user', 'reasoning', 'assistant', 'user', 'assistant', 'user']],
  ]);
  expect(relay.simulator.modelRequests().filter(({ status }) => status !== 200)).toEqual([]);
});

test('a socket goes on from an answer that was kept for its key, and from no other', async () => {
  const relay = await start();
  await only(relay, 'a');
  const kept = await rawCall(relay.url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'one' }),
  });
  const on = await connect(relay, {});
  const second = await say(on, { input: [user('two')], previous_response_id: JSON.parse(kept.text).id });
  const third = await say(on, { input: [user('three')], previous_response_id: second.id });
  expect([textOf(second), textOf(third), lastInput(relay, 'a').map(({ role }) => role)]).toEqual([
    'You said: two',
    'You said: three',
    ['user', undefined, 'assistant', 'user', undefined, 'assistant', 'user'],
  ]);
  const other = await say(on, { input: [user('x')], previous_response_id: 'resp_none' });
  expect(other.error).toMatchObject({ code: 'previous_response_not_found', param: 'previous_response_id' });
});
