import type { CostBounds, CostBoundsQuestion } from '../../src-shared/catalog/cost-bounds.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Breakers } from './breakers.ts';
import type { Choice, Chooser, Wanted } from './chooser.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { Holds } from './holds.ts';
import type { NetworkState } from './network-state.ts';
import type { Overflow } from './overflow.ts';
import type { AccountPool, RoutedRequest } from './ports.ts';
import type { Progress } from './progress.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { RoutingStats } from './stats.ts';

export interface StepPorts {
  readonly accounts: AccountPool;
  readonly chooser: Chooser;
  readonly clockWatch: ClockWatch;
  readonly breakers: Breakers;
  readonly network: NetworkState;
  readonly budget: RetryBudget;
  readonly stats: RoutingStats;
  readonly overflow: Overflow;
  readonly holds: Holds;
  /** What a call can cost on a metered key; `null` where its price is not known. */
  readonly costBounds: (call: CostBoundsQuestion) => CostBounds | null;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly clock: Clock;
}

/** All that the next step of a call is decided by: the choice among the accounts that nothing keeps from it, and what led to it. */
export interface Survey extends Choice {
  readonly ports: StepPorts;
  readonly request: RoutedRequest;
  readonly progress: Progress;
  /** On a metered key; `null` where none may be used or the price is not known. */
  readonly cost: CostBounds | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The choice where some things were otherwise. */
  readonly otherwise: (change: Partial<Wanted>) => Choice;
}

export function survey(ports: StepPorts, request: RoutedRequest, progress: Progress): Survey {
  const putBackMs = ports.clockWatch();
  if (putBackMs !== 0) ports.accounts.clockPutBack(putBackMs);
  const { model, allowedAccounts } = request;
  const cost = request.overflow ? ports.costBounds(request) : null;
  const wanted: Wanted = {
    model,
    allowedAccounts,
    tried: progress.tried,
    owner: progress.owner,
    boundTo: request.boundTo,
    overflow: request.overflow ? ports.overflow.ask(cost) : 'no-consent',
  };
  const choice = ports.chooser.choose(wanted);
  const otherwise = (change: Partial<Wanted>): Choice => ports.chooser.choose({ ...wanted, ...change });
  return { ...choice, ports, request, progress, cost, now: choice.decision.at, otherwise };
}
