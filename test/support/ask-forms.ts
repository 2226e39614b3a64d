import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type RawAnswer, rawCall, sseData } from './raw-call.ts';
import type { RunningRelay } from './running-relay.ts';

/** Every way in which a client asks. */
export type Form = 'responses' | 'responses stream' | 'chat' | 'chat stream' | 'websocket';
export const forms: readonly Form[] = ['responses', 'responses stream', 'chat', 'chat stream', 'websocket'];

export interface AskOptions {
  readonly model?: string;
  /** Instead of the Relay's own test key. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More of the body. */
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** What a test reads of an event of either protocol. */
interface StreamEvent {
  readonly type?: string;
  readonly status?: number;
  readonly delta?: string;
  readonly error?: { readonly code: string; readonly message: string } | null;
  readonly response?: { readonly error: { readonly code: string } };
  readonly choices?: readonly { readonly delta: { readonly content?: string } }[];
}

/** The text that a client of this form read, "STATUS CODE" where it was refused, "TEXT !CODE" where the answer broke off. */
export async function askForm(
  relay: RunningRelay,
  form: Form,
  text = 'sim:say one two three four',
  options: AskOptions = {},
): Promise<string> {
  if (form === 'websocket') {
    const socket = await openSocket(relay, options);
    const answer = await askSocket(socket, text, options);
    socket.close();
    return answer;
  }
  const answer = await askRaw(relay, form, text, options);
  if (answer.status !== 200) return `${answer.status} ${JSON.parse(answer.text).error.code}`;
  if (form.endsWith('stream')) return textOf(sseData(answer.text) as StreamEvent[]);
  const body = JSON.parse(answer.text);
  return form === 'chat' ? body.choices[0].message.content : body.output.at(-1).content[0].text;
}

/** The same over HTTP, as it came. */
export function askRaw(
  relay: RunningRelay,
  form: Exclude<Form, 'websocket'>,
  text = 'sim:say one two three four',
  { model = 'gpt-5.5', key = relay.key, headers = {}, body = {}, signal }: AskOptions = {},
): Promise<RawAnswer> {
  const chat = form.startsWith('chat');
  return rawCall(relay.url, {
    path: chat ? '/v1/chat/completions' : '/v1/responses',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model,
      stream: form.endsWith('stream'),
      ...(chat ? { messages: [{ role: 'user', content: text }] } : { input: text }),
      ...body,
    }),
    ...(signal === undefined ? {} : { signal }),
  });
}

export async function openSocket(
  relay: RunningRelay,
  { key = relay.key, headers = {} }: AskOptions = {},
): Promise<WebSocket> {
  const url = `${relay.url.replace('http', 'ws')}/v1/responses`;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}`, ...headers } });
  await once(socket, 'open');
  return socket;
}

/** One turn on a socket. */
export async function askSocket(socket: WebSocket, text: string, options: AskOptions = {}): Promise<string> {
  const events = await turn(socket, text, options);
  const refused = events.find((event) => event.type === 'error');
  const read = textOf(events);
  return refused?.status !== undefined && read.startsWith(' !') ? `${refused.status} ${refused.error?.code}` : read;
}

/** All events of one turn on a socket, up to the one that ends it. */
export function turn(
  socket: WebSocket,
  text: string,
  { model = 'gpt-5.5', body = {} }: AskOptions = {},
): Promise<StreamEvent[]> {
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }];
  return new Promise((resolve, reject) => {
    const events: StreamEvent[] = [];
    const read = (data: unknown): void => {
      const event: StreamEvent = JSON.parse(String(data));
      events.push(event);
      if (!/^(error|response\.(completed|failed|incomplete))$/.test(event.type ?? '')) return;
      socket.off('message', read);
      socket.off('close', closed);
      resolve(events);
    };
    const closed = (): void => reject(new Error('The socket was closed in the middle of a turn.'));
    socket.on('message', read);
    socket.on('close', closed);
    socket.send(JSON.stringify({ type: 'response.create', model, input, stream: true, store: false, ...body }));
  });
}

function textOf(events: readonly StreamEvent[]): string {
  const failed = events.find((event) => event.error != null || event.type === 'response.failed');
  const read = events.map((event) =>
    event.type === 'response.output_text.delta' ? event.delta : (event.choices?.[0]?.delta.content ?? ''),
  );
  return read.join('') + (failed === undefined ? '' : ` !${failed.error?.code ?? failed.response?.error.code}`);
}
