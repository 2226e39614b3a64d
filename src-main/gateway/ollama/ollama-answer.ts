import type { Clock } from '../../../src-shared/domain/clock.ts';
import { responseToChatCompletion } from '../../protocol/chat-completion.ts';
import { completionToOllama, ollamaLine } from '../../protocol/ollama/ollama-answer.ts';
import { createOllamaStream } from '../../protocol/ollama/ollama-stream.ts';
import type { Answer } from '../answer.ts';
import type { CallPlan } from '../call-plan.ts';
import { ollamaError } from '../call-shape.ts';
import type { ClientConnection } from '../client-connection.ts';
import { createWholeAnswer } from '../whole-answer.ts';

export interface OllamaAnswerOptions {
  readonly connection: ClientConnection;
  readonly clock: Clock;
  readonly startedAt: number;
  readonly plan: CallPlan;
  readonly showsThinking: boolean;
}

/** A client of Ollama's: one JSON, or one line of it for each piece of the answer. */
export function createOllamaAnswer({ connection, clock, startedAt, plan, showsThinking }: OllamaAnswerOptions): Answer {
  const beganAt = clock.monotonic();
  const context = {
    model: plan.asked,
    showsThinking,
    now: clock.now,
    elapsedMs: () => clock.monotonic() - beganAt,
  };
  const toolNames = plan.chat?.toolNames ?? new Map<string, string>();
  const { stop } = plan;
  if (!plan.stream) {
    const createdAt = Math.floor(startedAt / 1_000);
    const asked = { id: '', model: plan.asked, createdAt, stop, toolNames, legacyFunctions: false };
    return createWholeAnswer({
      connection,
      fallback: { created_at: createdAt, model: plan.asked },
      render: (response) => JSON.stringify(completionToOllama(responseToChatCompletion(response, asked), context)),
    });
  }

  const stream = createOllamaStream({ ...context, stop, toolNames });
  let pending = '';
  const taken = (): string | undefined => {
    const lines = pending;
    pending = '';
    return lines === '' ? undefined : lines;
  };
  const begin = (): void => {
    if (!connection.headSent) connection.head(200, { 'content-type': 'application/x-ndjson' });
  };
  const answer: Answer = {
    begun: () => connection.headSent,
    stopped: stream.stopped,
    open: begin,
    frame(frame) {
      pending += stream.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd) ?? '';
    },
    flush() {
      const lines = taken();
      return lines === undefined ? true : connection.write(lines);
    },
    reset() {},
    keepAlive() {
      begin();
      // A line that says nothing is the only sign of life that every client takes.
      connection.write(`${JSON.stringify(ollamaLine(context, { content: '' }, { done: false }))}\n`);
    },
    spliced() {},
    finish(frame) {
      answer.frame(frame);
      connection.end(taken());
    },
    fail(error) {
      const lines = taken();
      if (!connection.headSent) return connection.error(error);
      connection.end(`${lines ?? ''}${JSON.stringify(ollamaError(error))}\n`);
    },
    stop: () => connection.end(taken()),
  };
  return answer;
}
