import { once } from 'node:events';
import { expect } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { StreamEvent } from '../../support/stream-clients.ts';

export interface OpenSocket {
  /** For what is not a request of its own. */
  readonly raw: WebSocket;
  /** All that came so far. */
  readonly events: readonly StreamEvent[];
  /** One `response.create`, of `gpt-5.5` and with this text unless `more` says otherwise. */
  ask(text: string, more?: object): void;
  /** Resolves with the next event of one of these types that no call of this has given yet. */
  next(...types: readonly string[]): Promise<StreamEvent>;
  /** The close code and reason that came; 1006 where there was none. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
}

/** The last event of an answer. */
export const ends = ['response.completed', 'response.incomplete', 'response.failed', 'error'] as const;

/** A WebSocket on /v1/responses with this key, once it is open. */
export async function openSocket(url: string, key: string, options: ClientOptions = {}): Promise<OpenSocket> {
  const raw = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, {
    ...options,
    headers: { authorization: `Bearer ${key}`, ...options.headers },
  });
  const events: StreamEvent[] = [];
  let given = 0;
  raw.on('message', (data) => events.push(JSON.parse(String(data))));
  raw.on('error', () => undefined);
  const closed = once(raw, 'close').then(([code, reason]) => [Number(code), String(reason)] as const);
  await Promise.race([
    once(raw, 'open'),
    closed.then((how) => Promise.reject(new Error(`The socket was not opened: ${how}`))),
  ]);
  return {
    raw,
    events,
    closed,
    ask: (text, more = {}) => {
      const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }];
      raw.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input, ...more }));
    },
    async next(...types) {
      const isWanted = (event: StreamEvent, index: number) => index >= given && types.includes(String(event['type']));
      await expect.poll(() => events.some(isWanted)).toBe(true);
      const index = events.findIndex(isWanted);
      given = index + 1;
      return events[index]!;
    },
  };
}
