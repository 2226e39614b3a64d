import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { RecognisedClient } from '../clients/recognise.ts';
import { responseToChatCompletion } from '../protocol/chat-completion.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import type { Answer } from './answer.ts';
import type { CallHead } from './call-head.ts';
import type { CallPlan } from './call-plan.ts';
import type { Shape } from './call-shape.ts';
import { createChatStreamAnswer } from './chat-stream-answer.ts';
import type { ClientConnection } from './client-connection.ts';
import { compactionOf } from './compaction.ts';
import { createOllamaAnswer } from './ollama/ollama-answer.ts';
import type { GatewayPorts } from './ports.ts';
import { itemIdsOf, type ResponseKeeping } from './response-keeping.ts';
import { createResponsesStreamAnswer } from './responses-stream-answer.ts';
import { createWholeAnswer } from './whole-answer.ts';

interface Answered {
  readonly client: RecognisedClient;
  readonly head: CallHead;
  readonly connection: ClientConnection;
  readonly record: CallRecord;
  readonly shape: Shape;
  readonly keeping: ResponseKeeping | null;
  /** Whether an Ollama client wants to see what the model thinks. */
  readonly showsThinking: boolean;
}

/** How a call over HTTP is answered: in the protocol that it was made in, as a stream or in one piece. */
export function answerFor(
  ports: Pick<GatewayPorts, 'clock' | 'pool'>,
  plan: CallPlan,
  { client, head, connection, record, shape, keeping, showsThinking }: Answered,
): Answer {
  const { clock } = ports;
  const createdAt = record.startedAt;
  if (shape === 'ollama') {
    return createOllamaAnswer({ connection, clock, startedAt: createdAt, plan, showsThinking });
  }
  if (shape === 'compact' || !plan.stream) {
    const seconds = Math.floor(createdAt / 1_000);
    return createWholeAnswer({
      connection,
      fallback: { created_at: seconds, model: plan.asked },
      render(response, account) {
        if (shape === 'compact') return JSON.stringify(compactionOf(response));
        if (shape === 'chat')
          return JSON.stringify(responseToChatCompletion(response, chatContext(plan, head.id, seconds)));
        const changes = account === null ? null : keeping?.changed(account);
        const whole = { ...response, ...keeping?.kept, ...changes, model: plan.asked };
        const json = JSON.stringify(whole);
        const { id, output }: JsonObject = whole;
        const itemIds = itemIdsOf(output);
        if (account !== null) keeping?.keep({ id, itemIds, json: [Buffer.from(json)] }, account);
        return json;
      },
    });
  }
  if (plan.shape === 'chat') return createChatStreamAnswer({ connection, clock, callId: head.id, createdAt, plan });
  return createResponsesStreamAnswer({
    connection,
    clock,
    echoModel: plan.asked === plan.resolved.model ? null : plan.asked,
    keeping,
    fillOutput: !plan.native,
    keepAlive: client.keepAlive,
    passHeaders: (headers) => head.codexHeaders(headers, plan.native ? ports.pool.headers() : {}, plan.asked),
  });
}

const chatContext = (plan: CallPlan, callId: string, createdAt: number) => ({
  id: `chatcmpl-${callId}`,
  model: plan.asked,
  createdAt,
  stop: [...plan.stop],
  toolNames: plan.chat?.toolNames ?? new Map<string, string>(),
  legacyFunctions: plan.chat?.legacyFunctions ?? false,
});
