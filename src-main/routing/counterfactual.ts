import { type Decision, PART_SCALE, type PartName, partNames, type Verdict } from '../../src-shared/domain/decision.ts';
import { cacheWords, gateWords, partWords } from './decision-words.ts';

/** Why an account was not chosen: "b lost by 0.07: weekly 12 % left, resets Thu"; `null` for the chosen one. */
export function lostWords(decision: Decision, verdict: Verdict): string | null {
  const winner = decision.verdicts[decision.chosen];
  if (verdict === winner) return null;
  if (verdict.gate !== null) return `${verdict.accountLabel} could not serve: ${gateWords(verdict.gate, decision)}`;
  if (winner === undefined) return null;
  const behind = winner.score! - verdict.score!;
  if (behind === 0) return `${verdict.accountLabel} was as good; chance decided`;
  return `${verdict.accountLabel} lost by ${pointsText(behind)}: ${decidingWords(decision, winner, verdict, verdict)}`;
}

/** Why the chosen account was chosen, or why none could be, in one sentence; two where that costs money. */
export function reasonWords(decision: Decision): string {
  const { verdicts, chosen } = decision;
  const winner = verdicts[chosen];
  if (winner?.facts?.standsIn)
    return `${chosenWords(decision, winner)} It is a metered key in place of a subscription.`;
  return chosenWords(decision, winner);
}

function chosenWords(decision: Decision, winner: Verdict | undefined): string {
  const { verdicts } = decision;
  if (winner === undefined) {
    if (verdicts.length === 0) return 'There are no accounts.';
    return `No account can serve: ${verdicts.map(({ accountLabel, gate }) => `${accountLabel}: ${gateWords(gate!, decision)}`).join(' ')}`;
  }
  const second = runnerUp(decision);
  const label = winner.accountLabel;
  if (second === null) return `${label} is the only account that can serve.`;
  const ahead = winner.score! - second.score!;
  if (ahead === 0) return `${label} is as good as ${second.accountLabel}; chance decided.`;
  const lead = `${pointsText(ahead)} ahead of ${second.accountLabel}`;
  if (decidingPart(decision, winner, second) === 'cache') {
    return `${label} keeps the conversation${cacheWords(decision)}; ${lead}.`;
  }
  return `${label} is ${lead}: ${decidingWords(decision, winner, second, winner)}.`;
}

/** The best of those that could serve but were not chosen. */
function runnerUp({ verdicts, chosen }: Decision): Verdict | null {
  let best: Verdict | null = null;
  verdicts.forEach((verdict, index) => {
    if (index === chosen || verdict.score === null) return;
    if (best === null || verdict.score > best.score!) best = verdict;
  });
  return best;
}

/** The fact of `of` that set the two furthest apart. */
function decidingWords(decision: Decision, winner: Verdict, loser: Verdict, of: Verdict): string {
  const part = decidingPart(decision, winner, loser);
  const value = of.values[partNames.indexOf(part)]! / PART_SCALE;
  return partWords(part, value, of.facts!, decision);
}

function decidingPart({ weights }: Decision, winner: Verdict, loser: Verdict): PartName {
  let deciding: PartName = partNames[0];
  let furthest = Number.NEGATIVE_INFINITY;
  partNames.forEach((name, part) => {
    const apart = weights[part]! * (winner.values[part]! - loser.values[part]!);
    if (apart <= furthest) return;
    furthest = apart;
    deciding = name;
  });
  return deciding;
}

const pointsText = (points: number): string => (points < 0.005 ? 'less than 0.01' : points.toFixed(2));
