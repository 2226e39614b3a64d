import type { Clock } from '../../src-shared/domain/clock.ts';
import { answerTo } from './answer.ts';
import type { IdSource } from './id-source.ts';
import { type JsonObject, listOr, objectOr, textOr } from './json-object.ts';
import { extrasOf } from './limit-report.ts';
import { readPrompt } from './prompt.ts';
import { type PromptCache, tokensOf } from './prompt-cache.ts';
import { type ResponseEvent, responseEvents } from './response-events.ts';
import type { SimulatedAccount } from './simulated-account.ts';

export interface Generation {
  readonly id: string;
  readonly events: readonly ResponseEvent[];
  readonly output: readonly JsonObject[];
  /** The finished response with its output, as a reply that is not streamed carries it. */
  readonly response: JsonObject;
  /** Fills the account's windows with what this answer costs. */
  charge(): void;
}

interface GenerationRequest {
  readonly account: SimulatedAccount;
  readonly body: JsonObject;
  /** The whole input. */
  readonly items: readonly JsonObject[];
  /** What the prompt cache goes by; null for no caching. */
  readonly session: string | null;
}

interface GenerationPorts {
  readonly clock: Clock;
  readonly nextId: IdSource;
  readonly cache: PromptCache;
}

/** One answer of the simulated model, with its events, usage and cost. */
export function generate(request: GenerationRequest, { clock, nextId, cache }: GenerationPorts): Generation {
  const { account, body, items, session } = request;
  const prompt = JSON.stringify([body['instructions'] ?? null, body['tools'] ?? null, items]);
  const answer = answerTo(readPrompt(body, items), {
    nextId,
    encrypt: () => `enc:${account.accountId}:${nextId('blob')}`,
  });
  const { output, cut } = withinLimit(answer.items, body['max_output_tokens']);
  const incomplete = cut ? 'max_output_tokens' : answer.incomplete;
  const inputTokens = tokensOf(prompt.length);
  const cachedTokens = cache.cachedTokens(account.accountId, session, prompt);
  const outputTokens =
    answer.reasoningTokens + output.reduce((sum, item) => sum + tokensOf(textOfItem(item).length), 0);
  const usage = {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: answer.reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  };
  const id = nextId('resp');
  const started = startedResponse(id, body, Math.floor(clock.now() / 1000));
  const response = {
    ...started,
    status: incomplete === null ? 'completed' : 'incomplete',
    incomplete_details: incomplete === null ? null : { reason: incomplete },
    output:
      incomplete === null
        ? output
        : output.map((item) => ({ ...item, ...(item['status'] ? { status: 'incomplete' } : {}) })),
    usage,
  };
  const finalResponse = account.completedOutput === 'empty' ? { ...response, output: [] } : response;
  return {
    id,
    events: responseEvents(started, output, {
      type: incomplete === null ? 'response.completed' : 'response.incomplete',
      response: finalResponse,
    }),
    output,
    response,
    charge() {
      const cost = inputTokens - cachedTokens * 0.9 + outputTokens;
      account.windows.fiveHour?.fill(cost);
      account.windows.weekly?.fill(cost);
      for (const { window } of extrasOf(account, textOr(body['model'], ''))) window.fill(cost);
    },
  };
}

/** The response object before any output, with the request's settings echoed as the API does. */
export function startedResponse(id: string, body: JsonObject, createdAt: number): JsonObject {
  const reasoning = objectOr(body['reasoning']);
  return {
    id,
    object: 'response',
    created_at: createdAt,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    metadata: objectOr(body['metadata']),
    model: body['model'],
    output: [],
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    reasoning: { effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null },
    service_tier: body['service_tier'] ?? 'default',
    store: body['store'] ?? true,
    temperature: body['temperature'] ?? 1,
    text: { format: { type: 'text' }, verbosity: 'medium', ...objectOr(body['text']) },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: listOr(body['tools']),
    top_p: body['top_p'] ?? 1,
    truncation: 'disabled',
    usage: null,
    user: null,
  };
}

function textOfItem(item: JsonObject): string {
  const parts = listOr(item['content']).map(objectOr);
  const content = parts.map((part) => textOr(part['text'], '') + textOr(part['refusal'], '')).join('');
  return content + textOr(item['arguments'], '') + textOr(item['input'], '');
}

/** Cuts texts where `max_output_tokens` ends them. */
function withinLimit(items: readonly JsonObject[], limit: unknown): { output: readonly JsonObject[]; cut: boolean } {
  if (typeof limit !== 'number') return { output: items, cut: false };
  let cut = false;
  const output = items.map((item) => {
    if (item['type'] !== 'message' || tokensOf(textOfItem(item).length) <= limit) return item;
    cut = true;
    const content = listOr(item['content']).map((part) => {
      const text = objectOr(part)['text'];
      return typeof text === 'string' ? { ...objectOr(part), text: text.slice(0, limit * 4) } : part;
    });
    return { ...item, content };
  });
  return { output, cut };
}
