import { resolveModel } from '../../../src-shared/catalog/alias.ts';
import { asText, parseObject } from '../../protocol/json-object.ts';
import { ollamaLine } from '../../protocol/ollama/ollama-answer.ts';
import { withoutTag } from '../../protocol/ollama/ollama-request.ts';
import { unknownModel } from '../call-plan.ts';
import type { ClientConnection } from '../client-connection.ts';
import type { CallerIdentity, GatewayPorts } from '../ports.ts';

/** Nothing that holds a message is as short. */
const LONGEST = 4_096;

/**
 * Ollama loads a model into memory for a request without messages, and drops it for one that keeps it 0 s. Here nothing is to be
 * loaded, so that is answered at once and is no call. False where the request is another one. Throws `model_not_found`.
 */
export function answerLoad(
  ports: Pick<GatewayPorts, 'models' | 'settings' | 'clock'>,
  identity: CallerIdentity,
  bytes: Buffer,
  connection: ClientConnection,
): boolean {
  const body = bytes.length > LONGEST ? null : parseObject(bytes.toString('utf8'));
  const { messages = [], keep_alive: keepAlive } = body ?? {};
  const model = asText(body?.['model']);
  if (model === null || !Array.isArray(messages) || messages.length > 0) return false;
  const named = resolveModel(withoutTag(model), ports.models.isKnown, ports.settings()['models.aliases']);
  if (named === null || (identity.models !== null && !identity.models.includes(named.model))) throw unknownModel(model);
  const context = { model, showsThinking: false, now: ports.clock.now, elapsedMs: () => 0 };
  const done = { done: true, done_reason: keepAlive === 0 ? 'unload' : 'load' };
  connection.send(200, {}, JSON.stringify(ollamaLine(context, { content: '' }, done)));
  return true;
}
