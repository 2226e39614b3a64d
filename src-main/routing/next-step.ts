import type { CostBounds } from '../../src-shared/catalog/cost-bounds.ts';
import type { Decision } from '../../src-shared/domain/decision.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { retryWaitMs } from './backoff.ts';
import type { Choice } from './chooser.ts';
import { exhausted, overspent } from './exhausted.ts';
import { isMetered } from './gates.ts';
import type { RoutedAccount, RoutedRequest } from './ports.ts';
import { type Progress, searchLeftMs } from './progress.ts';
import { RETRY_COST, TIMEOUT_RETRY_COST } from './retry-budget.ts';
import type { WaitReason } from './route-waits.ts';
import { type StepPorts, type Survey, survey } from './survey.ts';

export interface TryStep {
  readonly do: 'try';
  readonly account: RoutedAccount;
  readonly decision: Decision;
  /** What the retry budget gave for it. */
  readonly paid: number;
  /** What to set aside where a metered key stands in for subscriptions; `null` where none does. */
  readonly overflowCost: CostBounds | null;
}

export type Step =
  | TryStep
  /** `held`: no account is free. `linger`: one is, but a better one soon will be. `backoff`: the next attempt must not follow at once. */
  | { readonly do: 'wait'; readonly ms: number; readonly why: WaitReason }
  /** `decision` where no account could be chosen. */
  | { readonly do: 'stop'; readonly error: RelayError; readonly decision: Decision | null };

/** What opens at a moment that nobody knows is looked at this often. */
const POLL_MS = 250;

/** What a call does next: try an account, wait, or give up with the one honest answer. */
export function nextStep(ports: StepPorts, request: RoutedRequest, progress: Progress): Step {
  const seen = survey(ports, request, progress);
  const step = linger(seen) ?? take(seen, seen) ?? tryAgain(seen) ?? lastResort(seen) ?? hold(seen);
  return step ?? { do: 'stop', error: exhausted(seen), decision: seen.decision };
}

/** The conversation's own account, or a subscription in place of a metered key, when it is free again at once (FAULTS R-08). */
function linger(seen: Survey): Step | null {
  const { account: chosen, candidates, progress } = seen;
  if (chosen === null || seen.ports.holds.isFull()) return null;
  const most = Math.min(progress.lingerLeftMs, progress.holdLeftMs);
  for (let index = 0; index < candidates.length; index += 1) {
    const ms = restLeftMs(seen, index);
    if (ms === null || ms > most) continue;
    const { account } = candidates[index]!;
    const cheaper = seen.overflows && isMetered(chosen) && !isMetered(account);
    if (account.id === progress.owner?.accountId || cheaper) return { do: 'wait', ms, why: 'linger' };
  }
  return null;
}

/** Tries the account that was chosen, where one was. */
function take(seen: Survey, { account, decision }: Choice, again = false): Step | null {
  if (account === null) return null;
  const { ports, progress } = seen;
  const { last, limits } = progress;
  const isRetry = last?.blame === 'path';
  const overdue = searchLeftMs(progress, ports.clock.monotonic()) <= 0;
  if (last !== null && (overdue || (isRetry && progress.pathFailures >= limits['routing.maxAttempts']))) {
    return { do: 'stop', error: progress.error ?? last.error, decision: null };
  }
  // A healthy account is tried at once; the same one again, or any while nothing can be reached, is not.
  if (isRetry && (again || ports.network.offline()) && progress.waitedFor < progress.pathFailures) {
    progress.waitedFor = progress.pathFailures;
    return { do: 'wait', ms: retryWaitMs(progress.pathFailures, ports.random()), why: 'backoff' };
  }
  // Moving on to an account that works multiplies nothing; trying one again that just failed does.
  const repeats =
    isRetry && (again || ports.network.offline() || ports.stats.isFailing(account.id, seen.request.model));
  const paid = repeats ? priceOf(last.error) : 0;
  if (paid > 0 && !ports.budget.spend(paid)) {
    return { do: 'stop', error: overspent(last!, ports.budget.waitMs(paid)), decision: null };
  }
  const overflowCost = seen.overflows && isMetered(account) ? seen.cost : null;
  return { do: 'try', account, decision, paid, overflowCost };
}

/** Moving on because of a limit, a login or a model repeats no load; what failed on the way does. */
const priceOf = (error: RelayError): number => (error.code === 'upstream_timeout' ? TIMEOUT_RETRY_COST : RETRY_COST);

/** No other account is left: one of those that failed on the way may still do it. */
function tryAgain(seen: Survey): Step | null {
  const { tried, retryable } = seen.progress;
  if (retryable.size === 0) return null;
  return take(seen, seen.otherwise({ tried: new Set([...tried].filter((id) => !retryable.has(id))) }), true);
}

/** Every account that could serve is behind its breaker: the only one is tried anyway, one of many every second (FAULTS R-05). */
function lastResort(seen: Survey): Step | null {
  const { ports, request, decision, candidates, progress } = seen;
  if (progress.last?.blame === 'path') return null;
  const gates = decision.verdicts.map(({ gate }) => gate?.code ?? null);
  const open = gates.filter((code) => code === 'breaker-open').length;
  const others = gates.some((code) => code === 'tried' || code === 'at-capacity');
  if (open === 0 || others) return null;
  const mayTry = (id: string): boolean => open === 1 || ports.breakers.lastResortWaitMs(id, request.model) === 0;
  const ids = candidates.map(({ account }) => account.id);
  return take(seen, seen.otherwise({ behindBreaker: new Set(ids.filter(mayTry)) }));
}

/** Waits for the first account that will be free, where that is soon enough. */
function hold(seen: Survey): Step | null {
  if (seen.ports.holds.isFull()) return null;
  let soonest = Number.POSITIVE_INFINITY;
  seen.decision.verdicts.forEach(({ gate }, index) => {
    const moment = gate?.code === 'at-capacity' || (gate?.code === 'overflow' && gate.note === 'busy');
    soonest = Math.min(soonest, restLeftMs(seen, index) ?? (moment ? POLL_MS : soonest));
  });
  return soonest <= seen.progress.holdLeftMs ? { do: 'wait', ms: soonest, why: 'held' } : null;
}

/** How long an account that could serve still rests (ms); `null` when something else keeps it from the call. */
function restLeftMs({ decision, now }: Survey, index: number): number | null {
  const gate = decision.verdicts[index]!.gate;
  return gate?.code === 'resting' && gate.until !== null ? Math.max(0, gate.until - now) : null;
}
