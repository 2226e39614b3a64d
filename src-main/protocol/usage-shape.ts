import { readUsage } from '../../src-shared/domain/usage.ts';
import { asIndex, asObject, type JsonObject } from './json-object.ts';
import { present } from './request-fields.ts';

/** A Responses `usage` in Chat's shape; `null` where nothing of it is known, unknown figures are left out (FAULTS U-23). */
export function chatUsage(value: unknown): JsonObject | null {
  const usage = readUsage(value);
  const shaped = present({
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: asIndex(asObject(value)?.['total_tokens']) ?? sum(usage.inputTokens, usage.outputTokens),
    prompt_tokens_details: details({
      cached_tokens: usage.cachedTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    }),
    completion_tokens_details: details({ reasoning_tokens: usage.reasoningTokens }),
  });
  return Object.keys(shaped).length === 0 ? null : shaped;
}

/** A Chat `usage` in the shape of Responses. */
export function responsesUsage(value: unknown): JsonObject | null {
  const usage = asObject(value);
  if (usage === null) return null;
  const prompt = asObject(usage['prompt_tokens_details']);
  const input = asIndex(usage['prompt_tokens']);
  const output = asIndex(usage['completion_tokens']);
  const shaped = present({
    input_tokens: input,
    input_tokens_details: details({
      cached_tokens: asIndex(prompt?.['cached_tokens']),
      cache_write_tokens: asIndex(prompt?.['cache_write_tokens']),
    }),
    output_tokens: output,
    output_tokens_details: details({
      reasoning_tokens: asIndex(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']),
    }),
    total_tokens: asIndex(usage['total_tokens']) ?? sum(input, output),
  });
  return Object.keys(shaped).length === 0 ? null : shaped;
}

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

function details(fields: JsonObject): JsonObject | null {
  const known = present(fields);
  return Object.keys(known).length === 0 ? null : known;
}
