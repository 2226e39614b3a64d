/** Tokens of one answer. `null` is unknown and never counted as 0. Cached tokens are part of the input, reasoning tokens part of the output. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly cachedTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
}

export const unknownUsage: Usage = {
  inputTokens: null,
  cachedTokens: null,
  cacheWriteTokens: null,
  outputTokens: null,
  reasoningTokens: null,
};

/** Tokens of two answers together; what is unknown of one is unknown of both. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum = (one: number | null, other: number | null): number | null =>
    one === null || other === null ? null : one + other;
  return {
    inputTokens: sum(a.inputTokens, b.inputTokens),
    cachedTokens: sum(a.cachedTokens, b.cachedTokens),
    cacheWriteTokens: sum(a.cacheWriteTokens, b.cacheWriteTokens),
    outputTokens: sum(a.outputTokens, b.outputTokens),
    reasoningTokens: sum(a.reasoningTokens, b.reasoningTokens),
  };
}

/** Reads the `usage` object of a Responses event; missing, negative and fractional figures read as unknown. */
export function readUsage(value: unknown): Usage {
  const usage = record(value);
  if (usage === null) return unknownUsage;
  const input = record(usage['input_tokens_details']);
  const output = record(usage['output_tokens_details']);
  return {
    inputTokens: count(usage['input_tokens']),
    cachedTokens: count(input?.['cached_tokens']),
    cacheWriteTokens: count(input?.['cache_write_tokens']),
    outputTokens: count(usage['output_tokens']),
    reasoningTokens: count(output?.['reasoning_tokens']),
  };
}

const record = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

const count = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
