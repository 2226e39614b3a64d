import type { ReplayReport } from '../../src-shared/contract/routing.ts';
import { lostWords } from './counterfactual.ts';
import type { LoggedCall, Rechosen, ReplayWorld } from './replay-world.ts';

/** The report but for what the asker knows already. */
export type ReplaySums = Pick<
  ReplayReport,
  | 'calls'
  | 'reproduced'
  | 'changed'
  | 'unserved'
  | 'accounts'
  | 'moves'
  | 'cachedTokens'
  | 'costMicroUsd'
  | 'spentMicroUsd'
  | 'examples'
>;

export interface ReplayCounter {
  /** Calls in the order in which they came. */
  take(call: LoggedCall): void;
  sums(): ReplaySums;
}

export interface CounterPorts {
  readonly replayed: ReplayWorld;
  /** The same with nothing changed: tells how well a replay follows the log at all. */
  readonly unchanged: ReplayWorld;
  readonly uncachedNanoUsd: (model: string) => number | null;
  readonly isMetered: (accountId: string) => boolean;
}

const MOST_EXAMPLES = 20;

interface Pair {
  actual: number;
  replayed: number;
}

const none = (): Pair => ({ actual: 0, replayed: 0 });

/** Puts each call of the log beside what the replay makes of it, and adds up the difference. */
export function createReplayCounter({ replayed, unchanged, uncachedNanoUsd, isMetered }: CounterPorts): ReplayCounter {
  let calls = 0;
  let same = 0;
  let changed = 0;
  let unserved = 0;
  const accounts = new Map<string, { accountLabel: string; calls: Pair }>();
  const moves = none();
  const cachedTokens = none();
  const costMicroUsd = none();
  const spentMicroUsd = none();
  const examples: ReplayReport['examples'] = [];

  const count = ({ decision }: LoggedCall, accountId: string | null, side: keyof Pair): void => {
    if (accountId === null) return;
    const accountLabel = labelOf(decision, accountId);
    const entry = accounts.get(accountId) ?? { accountLabel, calls: none() };
    accounts.set(accountId, entry);
    entry.calls[side] += 1;
  };

  const countMoney = (call: LoggedCall, chosen: Rechosen): void => {
    const cached = cachedWith(call, chosen);
    if (call.cachedTokens !== null && cached !== null) {
      cachedTokens.actual += call.cachedTokens;
      cachedTokens.replayed += cached;
    }
    if (call.costMicroUsd === null) return;
    const apart = (call.cachedTokens ?? 0) - (cached ?? call.cachedTokens ?? 0);
    const cost = call.costMicroUsd + Math.round((apart * (uncachedNanoUsd(call.model) ?? 0)) / 1_000);
    costMicroUsd.actual += call.costMicroUsd;
    costMicroUsd.replayed += cost;
    spentMicroUsd.actual += call.spentMicroUsd ?? 0;
    spentMicroUsd.replayed += chosen.accountId !== null && isMetered(chosen.accountId) ? cost : 0;
  };

  return {
    take(call) {
      const chosen = replayed.choose(call);
      calls += 1;
      if (unchanged.choose(call).accountId === call.accountId) same += 1;
      count(call, call.accountId, 'actual');
      count(call, chosen.accountId, 'replayed');
      const owner = call.decision.conversation?.ownerId ?? null;
      if (owner !== null && call.accountId !== null && owner !== call.accountId) moves.actual += 1;
      if (chosen.accountId === null) unserved += 1;
      else {
        if (chosen.holder !== null && chosen.holder.accountId !== chosen.accountId) moves.replayed += 1;
        countMoney(call, chosen);
      }
      if (chosen.accountId === call.accountId) return;
      changed += 1;
      examples.unshift(exampleOf(call, chosen));
      if (examples.length > MOST_EXAMPLES) examples.pop();
    },
    sums: () => ({
      calls,
      reproduced: calls === 0 ? null : same / calls,
      changed,
      unserved,
      accounts: [...accounts].map(([accountId, entry]) => ({ accountId, ...entry })),
      moves,
      cachedTokens,
      costMicroUsd,
      spentMicroUsd,
      examples,
    }),
  };
}

/** What of the input a cache would have held: as it was where nothing changed, nothing after a move, all of the last prompt after a stay. */
function cachedWith(call: LoggedCall, { accountId, holder }: Rechosen): number | null {
  const owner = call.decision.conversation?.ownerId ?? null;
  const stayed = owner !== null && owner === call.accountId;
  const stays = holder !== null && holder.accountId === accountId;
  if (holder === null || stays === stayed) return call.cachedTokens;
  if (!stays) return call.cachedTokens === null ? null : 0;
  return call.inputTokens === null ? null : Math.min(holder.cachedTokens, call.inputTokens);
}

function exampleOf(call: LoggedCall, { decision, accountId }: Rechosen): ReplayReport['examples'][number] {
  const was = decision.verdicts.find((verdict) => verdict.accountId === call.accountId);
  return {
    callId: call.id,
    at: call.at,
    model: call.model,
    from: call.accountId === null ? '' : labelOf(decision, call.accountId),
    to: accountId === null ? null : labelOf(decision, accountId),
    why: (was === undefined ? null : lostWords(decision, was)) ?? 'The log does not say enough to tell why.',
  };
}

const labelOf = ({ verdicts }: LoggedCall['decision'], id: string): string =>
  verdicts.find(({ accountId }) => accountId === id)?.accountLabel ?? id;
