import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Estimate } from '../keys/key-gate.ts';
import type { CallPorts } from './call.ts';
import { inputEstimate } from './input-estimate.ts';
import type { RequestBody } from './request-body.ts';
import { smaller } from './understood-request.ts';

/** What a model writes, where nobody said a bound and the key has no calls yet. */
const USUAL_OUTPUT = 2_000;
const MAX_KNOWN = 2_000;

export interface EstimatePorts {
  readonly costOf: CallPorts['costOf'];
  /** Whether a call could be served at a price: a metered key is in the pool. */
  readonly isMetered: () => boolean;
}

export type CallEstimates = ReturnType<typeof createCallEstimates>;

/** Guesses what a call will need, from its body and from what the same key's calls to the same model needed lately. */
export function createCallEstimates({ costOf, isMetered }: EstimatePorts) {
  const lately = new Map<string, Needed>();
  const nameOf = (record: CallRecord, model: string): string => `${record.keyId} ${model}`;

  return {
    /** `most` is the output that the call's key allows. */
    of(record: CallRecord, model: string, body: RequestBody, most: number | null = null): Estimate {
      const inputTokens = inputEstimate(body.bytes);
      const bound = body.value('max_output_tokens') ?? body.value('max_completion_tokens') ?? body.value('max_tokens');
      const asked = smaller(typeof bound === 'number' && bound > 0 ? Math.ceil(bound) : null, most);
      const known = lately.get(nameOf(record, model));
      const outputTokens = asked ?? known?.output ?? USUAL_OUTPUT;
      const usage = { inputTokens, cachedTokens: 0, cacheWriteTokens: 0, outputTokens, reasoningTokens: null };
      const guessed = costOf({ ...record, modelRan: model }, usage, null).costMicroUsd;
      // A budget is held rather too high than too low: what runs at once must not go beyond it together.
      const cost = guessed === null ? null : Math.max(guessed, known?.cost ?? 0);
      const tokens = Math.max(inputTokens + outputTokens, known?.tokens ?? 0);
      return {
        // As OpenAI counts it: the input, and the bound that was asked for.
        tokens: inputTokens + (asked ?? 0),
        amounts: { cost, spent: isMetered() ? cost : 0, tokens },
      };
    },
    /** The largest of what came lately counts, and fades. */
    learn(record: CallRecord): void {
      const { inputTokens, outputTokens, costMicroUsd, modelRan } = record;
      if (outputTokens === null || modelRan === null) return;
      const name = nameOf(record, modelRan);
      const before = lately.get(name) ?? { output: 0, tokens: 0, cost: 0 };
      lately.delete(name);
      lately.set(name, {
        output: faded(before.output, outputTokens),
        tokens: faded(before.tokens, (inputTokens ?? 0) + outputTokens),
        cost: faded(before.cost, costMicroUsd ?? 0),
      });
      if (lately.size > MAX_KNOWN) lately.delete(lately.keys().next().value!);
    },
  };
}

/** What the calls of one key to one model needed at most, lately. */
interface Needed {
  readonly output: number;
  readonly tokens: number;
  readonly cost: number;
}

const faded = (before: number, now: number): number => Math.max(now, Math.round(before * 0.9));
