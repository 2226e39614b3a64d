import { responseToChatCompletion } from '../protocol/chat-completion.ts';
import { createResponseCollector } from '../protocol/response-collect.ts';
import type { Answer } from './answer.ts';
import type { CallPlan } from './call-plan.ts';
import type { ClientConnection } from './client-connection.ts';

export interface WholeAnswerOptions {
  readonly connection: ClientConnection;
  readonly callId: string;
  readonly createdAt: number;
  readonly plan: CallPlan;
}

/** A call that is answered in one piece: the upstream only streams, so the answer is rebuilt from its events (PROTOCOL 10). */
export function createWholeAnswer({ connection, callId, createdAt, plan }: WholeAnswerOptions): Answer {
  const fallback = { created_at: Math.floor(createdAt / 1_000), model: plan.asked };
  let collector = createResponseCollector(fallback);

  const body = (): Record<string, unknown> => {
    const response = collector.response();
    if (plan.shape === 'responses') return { ...response, model: plan.asked };
    return responseToChatCompletion(response, {
      id: `chatcmpl-${callId}`,
      model: plan.asked,
      createdAt: Math.floor(createdAt / 1_000),
      stop: plan.stop,
      toolNames: plan.chat?.toolNames ?? new Map(),
      legacyFunctions: plan.chat?.legacyFunctions ?? false,
    });
  };

  return {
    begun: false,
    stopped: false,
    open() {},
    frame: (frame) => void collector.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd),
    flush: () => true,
    reset() {
      collector = createResponseCollector(fallback);
    },
    keepAlive() {},
    finish(frame) {
      collector.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd);
      connection.send(200, {}, JSON.stringify(body()));
    },
    fail: (error) => connection.error(error),
    stop() {},
  };
}
