import { costMicroUsd } from './cost.ts';
import type { Price } from './prices.ts';

export interface CostBoundsQuestion {
  readonly model: string;
  readonly serviceTier: string | null;
  readonly requestBytes: number;
  /** `null` where the request sets no limit. */
  readonly maxOutputTokens: number | null;
}

export interface CostBounds {
  /** No call of this kind costs more. */
  readonly mostMicroUsd: number;
  /** A guess, for a call whose usage never came to be known. */
  readonly likelyMicroUsd: number;
}

/** JSON has no script in which a token is shorter than two bytes on average; four are usual. */
const FEWEST_BYTES_PER_TOKEN = 2;
const USUAL_BYTES_PER_TOKEN = 4;
/** The longest answer that any model of the catalogue gives. */
const LONGEST_ANSWER_TOKENS = 128_000;
const USUAL_ANSWER_TOKENS = 1_000;

/** What a call can cost before anything is known of its answer; `null` where the price is not known. */
export function costBounds(question: CostBoundsQuestion, prices: readonly Price[]): CostBounds | null {
  const { model, serviceTier, requestBytes } = question;
  const limit = question.maxOutputTokens ?? LONGEST_ANSWER_TOKENS;
  const cost = (inputTokens: number, outputTokens: number, written: boolean): number | null => {
    const cacheWriteTokens = written ? inputTokens : 0;
    const usage = { inputTokens, cachedTokens: 0, cacheWriteTokens, outputTokens, reasoningTokens: null };
    return costMicroUsd({ model, usage, serviceTier }, prices);
  };
  // A list may price writing to the cache above or below plain input.
  const input = Math.ceil(requestBytes / FEWEST_BYTES_PER_TOKEN);
  const [plain, written] = [cost(input, limit, false), cost(input, limit, true)];
  const likely = cost(Math.ceil(requestBytes / USUAL_BYTES_PER_TOKEN), Math.min(limit, USUAL_ANSWER_TOKENS), false);
  if (plain === null || written === null || likely === null) return null;
  return { mostMicroUsd: Math.max(plain, written), likelyMicroUsd: likely };
}
