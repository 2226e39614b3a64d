import type { JsonObject } from '../protocol/json-object.ts';
import { createResponseCollector } from '../protocol/response-collect.ts';
import type { RoutedAccount } from '../routing/ports.ts';
import type { Answer } from './answer.ts';
import type { ClientConnection } from './client-connection.ts';

export interface WholeAnswerOptions {
  readonly connection: ClientConnection;
  /** What an upstream may leave out of its response object. */
  readonly fallback: JsonObject;
  /** The body for the client as JSON, from the whole Responses object of the account that answered. */
  readonly render: (response: JsonObject, account: RoutedAccount | null) => string;
}

/** A call that is answered in one piece: the upstream only streams, so the answer is rebuilt from its events (PROTOCOL 10). */
export function createWholeAnswer({ connection, fallback, render }: WholeAnswerOptions): Answer {
  let collector = createResponseCollector(fallback);
  let answering: RoutedAccount | null = null;
  return {
    begun: () => false,
    stopped: () => false,
    open(account) {
      answering = account;
    },
    frame: (frame) => void collector.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd),
    flush: () => true,
    reset() {
      collector = createResponseCollector(fallback);
    },
    keepAlive() {},
    spliced() {},
    finish(frame) {
      collector.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd);
      connection.send(200, {}, render(collector.response(), answering));
    },
    fail: (error) => connection.error(error),
    stop() {},
  };
}
