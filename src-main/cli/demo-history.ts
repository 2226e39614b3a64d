import { costMicroUsd } from '../../src-shared/catalog/cost.ts';
import { catalogPrices } from '../../src-shared/catalog/prices.ts';
import type { Attempt, CallRecord } from '../../src-shared/contract/call.ts';
import type { KeyView } from '../../src-shared/contract/key.ts';

interface DemoAccount {
  readonly id: string;
  readonly label: string;
  readonly metered: boolean;
}

export interface DemoHistory {
  readonly now: number;
  readonly days: number;
  /** In the order of preference; calls move down when one fails. */
  readonly accounts: readonly DemoAccount[];
  readonly keys: readonly { readonly key: KeyView; readonly client: string; readonly userAgent: string }[];
  /** 0 to 1, not included. */
  readonly random: () => number;
}

const HOUR = 3_600_000;
const models = ['gpt-5.5', 'gpt-5.5', 'gpt-5.6-luna', 'gpt-5.6-sol'];
const failures = [
  { errorCode: 'upstream_rate_limit', httpStatus: 429, reason: 'The account has reached its limit for now.' },
  { errorCode: 'upstream_overloaded', httpStatus: 503, reason: 'The upstream is overloaded.' },
  { errorCode: 'upstream_timeout', httpStatus: 504, reason: 'The upstream sent nothing for 60 s.' },
] as const;

/** Calls of the weeks before: more by day than by night and on weekdays, a few failures, most of them absorbed. */
export function* demoHistory({ now, days, accounts, keys, random }: DemoHistory): Generator<CallRecord> {
  let number = 0;
  for (let hour = Math.floor(now / HOUR) - days * 24; hour < Math.floor(now / HOUR); hour += 1) {
    for (let left = Math.round(callsIn(hour * HOUR) * (0.4 + 1.2 * random())); left > 0; left -= 1) {
      number += 1;
      yield makeCall(number, hour * HOUR + Math.floor(random() * HOUR));
    }
  }

  function makeCall(count: number, startedAt: number): CallRecord {
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const model = pick(models);
    const { key, client, userAgent } = pick(keys);
    const ttftMs = 240 + Math.round(900 * random() ** 3);
    const failing = random() < 0.05 ? pick(failures) : null;
    const lost = failing !== null && random() < 0.25;
    const first = random() < 0.7 ? 0 : 1;
    const used = accounts.slice(first, first + (failing === null || lost ? 1 : 2));
    const served = used.at(-1)!;
    const inputTokens = 1_500 + Math.round(42_000 * random() ** 2);
    const outputTokens = 60 + Math.round(2_400 * random() ** 2);
    const usage = {
      inputTokens,
      cachedTokens: Math.round(inputTokens * (0.35 + 0.6 * random())),
      cacheWriteTokens: null,
      outputTokens,
      reasoningTokens: Math.round(outputTokens * 0.6 * random()),
    };
    const cost = costMicroUsd({ model, usage, serviceTier: null }, catalogPrices);
    const durationMs = ttftMs + outputTokens * 14;
    const attempts = used.map((account, index): Attempt => {
      const fails = failing !== null && index === 0;
      return {
        accountId: account.id,
        accountLabel: account.label,
        upstream: account.metered ? 'openai' : 'chatgpt',
        startedAt: startedAt + index * 180,
        outcome: fails ? 'failed' : 'served',
        httpStatus: fails ? failing.httpStatus : 200,
        errorCode: fails ? failing.errorCode : null,
        reason: fails ? failing.reason : null,
        firstByteMs: fails ? 120 : ttftMs,
        durationMs: fails ? 160 : durationMs,
      };
    });
    return {
      id: `call_demo_${String(count).padStart(6, '0')}`,
      startedAt,
      endpoint: client.startsWith('Codex') ? 'responses' : 'chat',
      stream: true,
      status: lost ? 'error' : 'ok',
      httpStatus: lost ? failing.httpStatus : 200,
      errorCode: lost ? failing.errorCode : null,
      reason: lost ? failing.reason : null,
      keyId: key.id,
      keyName: key.name,
      project: key.project,
      member: key.member,
      client,
      userAgent,
      modelAsked: model,
      modelRan: lost ? null : model,
      effort: 'medium',
      serviceTier: null,
      accountId: served.id,
      accountLabel: served.label,
      conversationId: `demo_${Math.floor(count / 6)}`,
      responseId: null,
      attempts,
      dropped: [],
      spliced: 0,
      overflow: served.metered,
      heldMs: null,
      ...(lost ? nothingUsed : usage),
      usageEstimated: false,
      costMicroUsd: lost ? null : cost,
      spentMicroUsd: lost ? null : served.metered ? cost : 0,
      requestBytes: inputTokens * 4,
      ttftMs: lost ? null : ttftMs,
      durationMs: lost ? 400 : durationMs,
      overheadMs: 1 + random(),
    };
  }
}

const nothingUsed = {
  inputTokens: null,
  cachedTokens: null,
  cacheWriteTokens: null,
  outputTokens: null,
  reasoningTokens: null,
};

/** How many calls an hour of this machine's clock has, on average. */
function callsIn(at: number): number {
  const date = new Date(at);
  const weekend = date.getDay() === 0 || date.getDay() === 6;
  const hour = date.getHours();
  const awake = hour < 7 ? 0.04 : hour < 9 ? 0.45 : hour < 19 ? 1 : hour < 23 ? 0.5 : 0.15;
  return 9 * awake * (weekend ? 0.3 : 1);
}
