import { once } from 'node:events';
import { WebSocket } from 'ws';
import { rawCall, sseData } from '../../support/raw-call.ts';

/** The ways in which a client asks; each promises its own shape of answer. */
export const forms = ['responses', 'responses stream', 'chat', 'chat stream', 'websocket'] as const;
export type Form = (typeof forms)[number];

export const streams = (form: Form): boolean => form !== 'responses' && form !== 'chat';

/** What a client of that form saw. */
export interface Seen {
  /** The text that it would show. */
  readonly text: string;
  /** OpenAI's code of the error, with the status where it came as one; `null` for an answer that is shown as complete. */
  readonly error: string | null;
  /** Whether anything that follows the end could be taken for an answer. */
  readonly finishes: number;
  /** The names of the functions that it would run. */
  readonly calls: readonly string[];
  /** Sequence numbers, where the form has them. */
  readonly sequence: readonly number[];
}

interface Event {
  readonly type?: string;
  readonly delta?: string;
  readonly sequence_number?: number;
  readonly error?: { readonly code: string } | null;
  readonly item?: { readonly type: string; readonly name?: string };
  readonly response?: { readonly error?: { readonly code: string } | null };
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string | null;
      readonly tool_calls?: readonly { readonly function: { readonly name?: string } }[];
    };
    readonly finish_reason: string | null;
  }[];
}

const tool = {
  name: 'lookup',
  description: 'Looks something up',
  parameters: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
};

/** Sends the order to the simulated model and reads the whole answer as that client would. */
export async function ask(url: string, key: string, form: Form, order: string, more: object = {}): Promise<Seen> {
  if (form === 'websocket') return askSocket(url, key, order, more);
  const chat = form.startsWith('chat');
  const stream = streams(form);
  const answer = await rawCall(url, {
    path: chat ? '/v1/chat/completions' : '/v1/responses',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-5.5',
      stream,
      ...(chat
        ? { messages: [{ role: 'user', content: order }], tools: [{ type: 'function', function: tool }] }
        : { input: order, tools: [{ type: 'function', ...tool }] }),
      ...more,
    }),
  });
  if (answer.status !== 200) return failed(`${answer.status} ${JSON.parse(answer.text).error.code}`);
  if (stream) return readEvents(sseData(answer.text));
  const body = JSON.parse(answer.text);
  if (chat) {
    const [{ message }] = body.choices;
    const calls = (message.tool_calls ?? []).map((call: { function: { name: string } }) => call.function.name);
    return { text: message.content ?? '', error: null, finishes: 1, calls, sequence: [] };
  }
  const items = body.output as { type: string; name?: string; content?: { text: string }[] }[];
  return {
    text: items
      .flatMap(({ type, content = [] }) => (type === 'message' ? content.map(({ text }) => text) : []))
      .join(''),
    error: body.status === 'completed' ? null : body.status,
    finishes: 1,
    calls: items.flatMap(({ type, name }) => (type === 'function_call' && name !== undefined ? [name] : [])),
    sequence: [],
  };
}

async function askSocket(url: string, key: string, order: string, more: object): Promise<Seen> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, {
    headers: { authorization: `Bearer ${key}`, 'user-agent': 'codex_cli_rs/0.169.0', originator: 'codex_cli_rs' },
  });
  const events: unknown[] = [];
  try {
    await once(socket, 'open');
    const ended = new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.on('message', (data) => {
        const event = JSON.parse(String(data)) as Event;
        events.push(event);
        if (/^(response\.(completed|incomplete|failed)|error)$/.test(event.type ?? '')) resolve();
      });
    });
    const content = [{ type: 'input_text', text: order }];
    const request = {
      model: 'gpt-5.5',
      stream: true,
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'You are a coding agent.' }] },
        { type: 'message', role: 'user', content },
      ],
      tools: [{ type: 'function', ...tool }],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: `thread-${order}`,
      ...more,
    };
    socket.send(JSON.stringify({ type: 'response.create', ...request }));
    await ended;
  } finally {
    socket.terminate();
  }
  return readEvents(events);
}

const failed = (error: string): Seen => ({ text: '', error, finishes: 0, calls: [], sequence: [] });

function readEvents(given: readonly unknown[]): Seen {
  const events = given.filter((event): event is Event => typeof event === 'object' && event !== null);
  const broken = events.find((event) => event.error != null || event.type === 'response.failed');
  const finished = events.filter(
    (event) =>
      event.type === 'response.completed' ||
      event.choices?.some(({ finish_reason }) => finish_reason === 'stop' || finish_reason === 'tool_calls') === true,
  );
  const cutShort = events.find(({ type }) => type === 'response.incomplete')?.type ?? null;
  return {
    text: events
      .map((event) =>
        event.type === 'response.output_text.delta' ? (event.delta ?? '') : (event.choices?.[0]?.delta.content ?? ''),
      )
      .join(''),
    error:
      broken !== undefined
        ? (broken.error?.code ?? broken.response?.error?.code ?? 'error')
        : (cutShort ?? (finished.length > 0 ? null : 'no end')),
    finishes: finished.length,
    calls: events.flatMap((event) => [
      ...(event.type === 'response.output_item.done' && event.item?.type === 'function_call'
        ? [event.item.name ?? '']
        : []),
      ...(event.choices?.[0]?.delta.tool_calls ?? []).flatMap(({ function: called }) => called.name ?? []),
    ]),
    sequence: events.flatMap(({ sequence_number: number }) => (number === undefined ? [] : [number])),
  };
}
