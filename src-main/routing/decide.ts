import { type Decision, partNames, scoreOf, type Verdict } from '../../src-shared/domain/decision.ts';
import type { Candidate, Choosing } from './candidate.ts';
import { gateOf, isMetered, isOverflow, overflowGate, pinGate } from './gates.ts';
import { type Field, scoreParts, speedValue } from './score.ts';
import type { Scoring } from './strategies.ts';

/**
 * Chooses an account for one attempt: gates first, then the highest score; among equal scores `random` (0 to below 1)
 * chooses. Verdicts are in the order of the candidates, so `candidates[decision.chosen]` is the account to try.
 */
export function decide(
  candidates: readonly Candidate[],
  call: Choosing,
  scoring: Scoring,
  now: number,
  random: () => number,
): Decision {
  const weights = partNames.map((name) => scoring.weights[name]);
  const gates = gatesOf(candidates, call, now);
  const field = fieldOf(candidates, gates, call);
  const places = placesOf(candidates);

  const verdicts: Verdict[] = [];
  let chosen = -1;
  let best = Number.NEGATIVE_INFINITY;
  let equals = 0;
  for (let index = 0; index < candidates.length; index += 1) {
    const candidate = candidates[index]!;
    const { id: accountId, label: accountLabel } = candidate.account;
    const gate = gates[index]!;
    if (gate !== null) {
      verdicts.push({ accountId, accountLabel, gate, score: null, values: [], facts: null });
      continue;
    }
    const { values, facts } = scoreParts(candidate, places[index]!, call, field, now);
    const score = scoreOf(values, weights);
    verdicts.push({ accountId, accountLabel, gate, score, values, facts });
    if (score < best) continue;
    equals = score === best ? equals + 1 : 1;
    // Each of n equals ends up chosen with probability 1/n.
    if (equals > 1 && random() * equals >= 1) continue;
    best = score;
    chosen = index;
  }
  return {
    at: now,
    strategy: scoring.strategy,
    weights,
    model: call.model,
    conversation:
      call.owner === null
        ? null
        : {
            ownerId: call.owner.accountId,
            cachedTokens: call.owner.cachedTokens,
            savedMicroUsd: savedMicroUsd(call.owner.cachedTokens, call.uncachedNanoUsd),
          },
    chosen,
    verdicts,
  };
}

/** The gate of each candidate. A metered key and an unpinned account are gated by what the others can do. */
function gatesOf(candidates: readonly Candidate[], call: Choosing, now: number): Verdict['gate'][] {
  const overflows = call.overflow !== 'allowed' && isOverflow(candidates, call);
  let pinnedUntil: number | null = null;
  const gates = candidates.map((candidate) => {
    const { account } = candidate;
    const gate = gateOf(candidate, call, now);
    if (gate !== null) return gate;
    if (overflows && isMetered(account)) return overflowGate(call.overflow);
    if (account.pinnedUntil !== null && account.pinnedUntil > now) {
      pinnedUntil = Math.max(pinnedUntil ?? 0, account.pinnedUntil);
    }
    return null;
  });
  if (pinnedUntil === null) return gates;
  return gates.map((gate, index) => {
    const until = candidates[index]!.account.pinnedUntil;
    return gate ?? (until !== null && until > now ? null : pinGate(pinnedUntil));
  });
}

/** Of the models whose price is known, about the middle. Only weighs, is never shown as money. */
const USUAL_NANO_USD = 2_000;

/** What a cache weighs in micro-dollars, guessed where the price is not known. */
export const cacheWeight = (tokens: number, nanoUsd: number | null): number =>
  (tokens * (nanoUsd ?? USUAL_NANO_USD)) / 1_000;

const savedMicroUsd = (tokens: number | null, nanoUsd: number | null): number | null =>
  tokens === null || nanoUsd === null ? null : Math.round((tokens * nanoUsd) / 1_000);

function fieldOf(candidates: readonly Candidate[], gates: readonly Verdict['gate'][], call: Choosing): Field {
  let known = 0;
  let sum = 0;
  for (let index = 0; index < candidates.length; index += 1) {
    const ttftMs = candidates[index]!.recent?.ttftMs ?? null;
    if (gates[index] !== null || ttftMs === null) continue;
    known += 1;
    sum += speedValue(ttftMs);
  }
  return {
    size: candidates.length,
    usualSpeed: known === 0 ? 1 : sum / known,
    cacheMicroUsd: cacheWeight(call.owner?.cachedTokens ?? 0, call.uncachedNanoUsd),
    overflows: isOverflow(candidates, call),
  };
}

/** Each candidate's place in the person's order; those at one position keep the order of the list. */
function placesOf(candidates: readonly Candidate[]): number[] {
  const order = candidates.map((_, index) => index);
  const position = (index: number): number => candidates[index]!.account.position;
  if (order.some((index) => index > 0 && position(index) < position(index - 1))) {
    order.sort((a, b) => position(a) - position(b) || a - b);
  }
  const places: number[] = [];
  for (let place = 0; place < order.length; place += 1) places[order[place]!] = place;
  return places;
}
