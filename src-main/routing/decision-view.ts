import type { DecisionCandidate, DecisionView } from '../../src-shared/contract/decision.ts';
import { type Decision, PART_SCALE, partNames, type Verdict } from '../../src-shared/domain/decision.ts';
import { lostWords, reasonWords } from './counterfactual.ts';
import { gateWords, partWords } from './decision-words.ts';

/** A decision as people and scripts read it. Costs far more than deciding, so it is made when someone looks. */
export function viewDecision(decision: Decision): DecisionView {
  const { conversation, verdicts, chosen } = decision;
  return {
    at: decision.at,
    strategy: decision.strategy,
    model: decision.model,
    conversation:
      conversation === null ? null : { ownerId: conversation.ownerId, cachedTokens: conversation.cachedTokens },
    chosenId: verdicts[chosen]?.accountId ?? null,
    reason: reasonWords(decision),
    candidates: verdicts.map((verdict) => viewCandidate(decision, verdict)),
  };
}

function viewCandidate(decision: Decision, verdict: Verdict): DecisionCandidate {
  const { accountId, accountLabel, score, gate, values, facts } = verdict;
  return {
    accountId,
    accountLabel,
    score,
    gate: gate === null ? null : { code: gate.code, reason: gateWords(gate, decision), until: gate.until },
    parts: partNames.flatMap((name, part) => {
      const weight = decision.weights[part]!;
      if (facts === null || weight === 0) return [];
      const value = values[part]! / PART_SCALE;
      return [{ name, value, weight, points: weight * value, why: partWords(name, value, facts, decision) }];
    }),
    lost: lostWords(decision, verdict),
  };
}
