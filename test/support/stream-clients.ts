import { WebSocket } from 'ws';
import { rawCall, sseData } from './raw-call.ts';
import type { RunningRelay } from './running-relay.ts';

export type StreamForm = 'responses' | 'chat' | 'websocket';
export const streamForms: readonly StreamForm[] = ['responses', 'chat', 'websocket'];

export type StreamEvent = Record<string, unknown>;

/** What a client that streams has read. */
export interface StreamAnswer {
  /** The HTTP status; 101 over a WebSocket. */
  readonly status: number;
  readonly events: readonly StreamEvent[];
  /** The text of all deltas. */
  readonly text: string;
  /** The code of the error that ended it; `null` where it was complete. */
  readonly error: string | null;
  /** All bytes as text; '' over a WebSocket. */
  readonly raw: string;
}

/** Asks for one streamed answer in the protocol of this form. `more` is part of a Responses body, or of a Chat body. */
export async function streamAnswer(
  relay: RunningRelay,
  form: StreamForm,
  text: string,
  more: StreamEvent = {},
): Promise<StreamAnswer> {
  if (form === 'websocket') return socketAnswer(relay, text, more);
  const chat = form === 'chat';
  const answer = await rawCall(relay.url, {
    path: chat ? '/v1/chat/completions' : '/v1/responses',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-5.5',
      stream: true,
      ...(chat ? { messages: [{ role: 'user', content: text }] } : { input: text }),
      ...more,
    }),
  });
  const events =
    answer.status === 200 ? sseData(answer.text).filter((data) => data !== '[DONE]') : [JSON.parse(answer.text)];
  return { status: answer.status, raw: answer.text, ...readEvents(events as StreamEvent[]) };
}

function socketAnswer(relay: RunningRelay, text: string, more: StreamEvent): Promise<StreamAnswer> {
  const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/v1/responses`, {
    headers: { authorization: `Bearer ${relay.key}` },
  });
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }];
  const events: StreamEvent[] = [];
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input, ...more })));
    socket.on('message', (data) => {
      const event = JSON.parse(String(data)) as StreamEvent;
      events.push(event);
      if (ends.test(String(event['type']))) socket.close();
    });
    socket.on('close', () => resolve({ status: 101, raw: '', ...readEvents(events) }));
  });
}

const ends = /^(response\.(completed|incomplete|failed)|error)$/;

function readEvents(events: readonly StreamEvent[]): Omit<StreamAnswer, 'status' | 'raw'> {
  const deltas = events.map((event) => {
    if (event['type'] === 'response.output_text.delta') return String(event['delta']);
    const [choice] = (event['choices'] as { delta: { content?: string | null } }[] | undefined) ?? [];
    return choice?.delta.content ?? '';
  });
  const failed = events.find((event) => event['error'] != null || event['type'] === 'response.failed');
  const error = (failed?.['error'] ?? (failed?.['response'] as StreamEvent | undefined)?.['error'] ?? null) as {
    code?: string;
  } | null;
  return { events, text: deltas.join(''), error: error === null ? null : String(error.code) };
}
