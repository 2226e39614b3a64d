import type { Clock } from '../../src-shared/domain/clock.ts';
import { createChatStream } from '../protocol/chat-stream.ts';
import { errorBody } from '../protocol/error-body.ts';
import type { Answer } from './answer.ts';
import type { CallPlan } from './call-plan.ts';
import { type ClientConnection, eventStreamHeaders } from './client-connection.ts';

export interface ChatStreamOptions {
  readonly connection: ClientConnection;
  readonly clock: Clock;
  readonly callId: string;
  readonly createdAt: number;
  readonly plan: CallPlan;
}

/** A Chat Completions client: events become chunks, and all chunks of one upstream chunk are one write. */
export function createChatStreamAnswer({ connection, clock, callId, createdAt, plan }: ChatStreamOptions): Answer {
  const chat = createChatStream({
    id: `chatcmpl-${callId}`,
    model: plan.asked,
    createdAt: Math.floor(createdAt / 1_000),
    includeUsage: plan.chat?.includeUsage ?? false,
    stop: plan.stop,
    toolNames: plan.chat?.toolNames ?? new Map(),
    legacyFunctions: plan.chat?.legacyFunctions ?? false,
  });
  let pending: (Buffer | string)[] = [];

  const taken = (): Buffer | string | null => {
    const parts = pending;
    pending = [];
    if (parts.length <= 1) return parts[0] ?? null;
    return parts.every((part) => typeof part === 'string')
      ? parts.join('')
      : Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  };

  const begin = (): void => {
    if (!connection.headSent) connection.head(200, eventStreamHeaders);
  };

  const answer: Answer = {
    begun: () => connection.headSent,
    stopped: chat.stopped,
    open: begin,
    frame(frame) {
      const text = chat.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd);
      if (text !== null) pending.push(text);
    },
    flush() {
      const text = taken();
      return text === null ? true : connection.write(text);
    },
    reset() {},
    keepAlive() {
      begin();
      connection.write(': keep-alive\n\n');
    },
    spliced(note) {
      pending.push(`: ${note.type} ${JSON.stringify(note)}\n\n`);
    },
    finish(frame) {
      answer.frame(frame);
      connection.end(taken() ?? undefined);
    },
    fail(error) {
      const text = taken();
      if (!connection.headSent) return connection.error(error);
      if (text !== null) connection.write(text);
      connection.end(`data: ${JSON.stringify(errorBody(error, clock.now()))}\n\ndata: [DONE]\n\n`);
    },
    stop: () => connection.end(taken() ?? undefined),
  };
  return answer;
}
