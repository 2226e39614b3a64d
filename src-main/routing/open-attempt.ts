import type { Attempt as AttemptRow } from '../../src-shared/contract/call.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Breakers } from './breakers.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { DamagedEvents } from './damaged-events.ts';
import type { Failure } from './failure.ts';
import type { LimitFamilies } from './limit-families.ts';
import type { NetworkState } from './network-state.ts';
import type { RoutedAccount, RoutedRequest } from './ports.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { RoutingStats } from './stats.ts';

export interface BookkeepingPorts {
  readonly stats: RoutingStats;
  readonly breakers: Breakers;
  readonly network: NetworkState;
  readonly budget: RetryBudget;
  readonly cooldowns: Cooldowns;
  readonly families: LimitFamilies;
  readonly damaged: DamagedEvents;
  readonly clock: Clock;
}

/** What one attempt leaves behind: its row, and what it taught about the account, the path and the pool. */
export interface OpenAttempt {
  readonly account: RoutedAccount;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The upstream answers, whatever it says; how long that took (ms). */
  reached(): number;
  /** The first output: from here on the attempt has not been in vain. */
  output(): void;
  /** An event of its answer was left out because it is not JSON. */
  damaged(): void;
  /** Ends it, once. */
  close(outcome: AttemptRow['outcome'], failure: Failure | null): AttemptRow;
}

/** `paid`: what the retry budget gave for it; 0 for an attempt that repeats no load. */
export function openAttempt(
  ports: BookkeepingPorts,
  { model, stream, callId }: Pick<RoutedRequest, 'model' | 'stream' | 'callId'>,
  account: RoutedAccount,
  paid: number,
): OpenAttempt {
  const { stats, breakers, network, budget, cooldowns, families, clock } = ports;
  const startedAt = clock.now();
  const beganAt = clock.monotonic();
  const pass = breakers.enter(account.id, model);
  account.inFlight += 1;
  account.lastUsedAt = startedAt;
  let firstByteMs: number | null = null;
  let outputMs: number | null = null;
  let leftOut = 0;

  const served = (): void => {
    pass.served();
    budget.earn();
    cooldowns.served(account.id, families.of(model));
    // A whole answer counts its first output only when it is complete, which is no time to a first token.
    stats.served(account.id, model, stream ? outputMs : null);
  };
  const failed = ({ fault, httpStatus }: Failure): void => {
    if (fault !== null) {
      stats.failed(account.id, model);
      if (fault === 'unreachable') network.unreachable();
      return pass.failed(fault);
    }
    // A refusal for any other reason comes from an upstream that works.
    if (httpStatus !== null) pass.answered();
    pass.released();
  };

  return {
    account,
    startedAt,
    reached() {
      firstByteMs = clock.monotonic() - beganAt;
      network.answered();
      return firstByteMs;
    },
    output() {
      outputMs = clock.monotonic() - beganAt;
      pass.answered();
      if (paid > 0) budget.refund(paid);
    },
    damaged() {
      leftOut += 1;
      ports.damaged.note(callId, account.label);
    },
    close(outcome, failure) {
      account.inFlight -= 1;
      if (outcome === 'served') served();
      else if (failure !== null) failed(failure);
      else pass.released();
      return {
        accountId: account.id,
        accountLabel: account.label,
        upstream: account.kind,
        startedAt,
        outcome,
        httpStatus: failure === null ? (outcome === 'served' ? 200 : null) : failure.httpStatus,
        errorCode: failure === null ? null : (failure.error.upstreamCode ?? failure.error.code),
        reason: reasonOf(failure, leftOut),
        firstByteMs,
        durationMs: clock.monotonic() - beganAt,
      };
    },
  };
}

/** What a person reads of it; `null` where there is nothing to say. */
function reasonOf(failure: Failure | null, leftOut: number): string | null {
  const said = failure === null ? [] : [failure.error.message];
  if (leftOut > 0) said.push(`${leftOut === 1 ? '1 event' : `${leftOut} events`} of it left out: not JSON.`);
  return said.length === 0 ? null : said.join(' ');
}
