import { type Decision, partNames, scoreOf, type Verdict } from '../../src-shared/domain/decision.ts';
import { cacheWeight } from './decide.ts';
import { cacheValue, steadyValue, turnValue } from './score.ts';
import type { Scoring } from './strategies.ts';

/** A call as the log knows it, with the decision that chose its first account. */
export interface LoggedCall {
  readonly id: string;
  readonly at: number;
  readonly conversationId: string | null;
  readonly model: string;
  /** The account that answered, or was tried last. */
  readonly accountId: string | null;
  /** Accounts at which it failed. */
  readonly failedAt: readonly string[];
  readonly inputTokens: number | null;
  readonly cachedTokens: number | null;
  readonly costMicroUsd: number | null;
  readonly spentMicroUsd: number | null;
  readonly decision: Decision;
}

/** The account that holds a conversation, and what its cache is taken to hold. */
export interface Holder {
  readonly accountId: string;
  readonly cachedTokens: number;
}

export interface Rechosen {
  /** The decision as it would have been; its `chosen` answers the call. */
  readonly decision: Decision;
  readonly accountId: string | null;
  /** Who held the conversation before. */
  readonly holder: Holder | null;
}

/** A course of events in which other accounts may have been chosen than in the log. */
export interface ReplayWorld {
  choose(call: LoggedCall): Rechosen;
}

export interface ReplayRules {
  readonly scoring: Scoring;
  /** Accounts that are left out. */
  readonly without: ReadonlySet<string>;
  readonly uncachedNanoUsd: (model: string) => number | null;
}

/** How long an upstream may be taken to keep a prompt in its cache after the last call. */
const WARM_MS = 3_600_000;

const CACHE = partNames.indexOf('cache');
const TURN = partNames.indexOf('turn');
const STEADY = partNames.indexOf('steady');

/**
 * Chooses for the calls of the log in their order. What was recorded of the accounts stands: gates, quota, speed, load. What
 * follows from the choices themselves is made anew: who holds a conversation, and whose turn it is.
 */
export function createReplayWorld({ scoring, without, uncachedNanoUsd }: ReplayRules): ReplayWorld {
  const weights = partNames.map((name) => scoring.weights[name]);
  const holders = new Map<string, { accountId: string; inputTokens: number; at: number }>();
  const turns = new Map<string, number>();
  let turn = 0;

  const holderOf = ({ conversationId, at, decision }: LoggedCall): Holder | null => {
    const recorded = decision.conversation;
    const held = conversationId === null ? undefined : holders.get(conversationId);
    if (held === undefined) {
      return recorded === null ? null : { accountId: recorded.ownerId, cachedTokens: recorded.cachedTokens ?? 0 };
    }
    const known = recorded?.ownerId === held.accountId ? recorded.cachedTokens : null;
    return { accountId: held.accountId, cachedTokens: known ?? (at - held.at <= WARM_MS ? held.inputTokens : 0) };
  };

  const turnsSince = (accountId: string): number | null => {
    const last = turns.get(accountId);
    return last === undefined ? null : turn - last - 1;
  };

  const verdictFor = (verdict: Verdict, call: LoggedCall, holder: Holder | null): Verdict => {
    if (without.has(verdict.accountId)) {
      return { ...verdict, gate: { code: 'left-out', until: null, note: null }, score: null, values: [], facts: null };
    }
    if (verdict.facts === null) return verdict;
    const since = turnsSince(verdict.accountId);
    const values = [...verdict.values];
    const holds = holder?.accountId === verdict.accountId;
    values[CACHE] = holds ? cacheValue(cacheWeight(holder.cachedTokens, uncachedNanoUsd(call.model))) : 0;
    values[TURN] = turnValue(since, call.decision.verdicts.length);
    values[STEADY] = steadyValue(since);
    return { ...verdict, values, score: scoreOf(values, weights), facts: { ...verdict.facts, turnsSince: since } };
  };

  return {
    choose(call) {
      const holder = holderOf(call);
      const verdicts = call.decision.verdicts.map((verdict) => verdictFor(verdict, call, holder));
      const tried = new Set<string>();
      let chosen = best(verdicts, tried);
      // Where the call failed in the log it fails here too, and moves on.
      while (chosen >= 0) {
        const { accountId } = verdicts[chosen]!;
        turns.set(accountId, turn);
        turn += 1;
        if (!call.failedAt.includes(accountId)) break;
        tried.add(accountId);
        chosen = best(verdicts, tried);
      }
      const accountId = verdicts[chosen]?.accountId ?? null;
      if (accountId !== null && call.conversationId !== null) {
        holders.set(call.conversationId, { accountId, inputTokens: call.inputTokens ?? 0, at: call.at });
      }
      const decision: Decision = {
        ...call.decision,
        strategy: scoring.strategy,
        weights,
        conversation: holder && { ownerId: holder.accountId, cachedTokens: holder.cachedTokens, savedMicroUsd: null },
        chosen,
        verdicts,
      };
      return { decision, accountId, holder };
    },
  };
}

/** The first of the highest scores; -1 where none is left. */
function best(verdicts: readonly Verdict[], tried: ReadonlySet<string>): number {
  let chosen = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < verdicts.length; index += 1) {
    const { score, accountId } = verdicts[index]!;
    if (score === null || score <= highest || tried.has(accountId)) continue;
    highest = score;
    chosen = index;
  }
  return chosen;
}
