import type { Clock } from '../../src-shared/domain/clock.ts';

/** What all calls together may spend on trying again, so that an outage does not multiply their load (FAULTS 1.1, G5). */
export interface RetryBudget {
  /** Takes the price of one more attempt; false when there is not enough left. */
  spend(cost: number): boolean;
  /** How long until there is enough without any call that goes well (ms). */
  waitMs(cost: number): number;
  /** The attempt that was paid for went well. */
  refund(cost: number): void;
  /** A call went well: a share of the traffic may be tried again. */
  earn(): void;
}

export const RETRY_COST = 1;
/** Silence has cost the upstream work and the client time. */
export const TIMEOUT_RETRY_COST = 2;

/** What a pool without traffic has, and slowly has again. */
const RESERVE = 10;
const REFILL_PER_S = 0.2;
/** How much of the traffic that goes well may be spent, and how much of it can be saved up. */
const EARNED_PER_CALL = 0.1;
const MOST = 50;

/** A token bucket over the whole pool. */
export function createRetryBudget(clock: Clock): RetryBudget {
  let tokens = RESERVE;
  let refilledAt = clock.monotonic();

  const refill = (): void => {
    const now = clock.monotonic();
    if (tokens < RESERVE) tokens = Math.min(RESERVE, tokens + ((now - refilledAt) / 1_000) * REFILL_PER_S);
    refilledAt = now;
  };
  const add = (amount: number): void => {
    refill();
    tokens = Math.min(MOST, tokens + amount);
  };

  return {
    spend(cost) {
      refill();
      if (tokens < cost) return false;
      tokens -= cost;
      return true;
    },
    waitMs(cost) {
      refill();
      return Math.max(0, Math.ceil(((cost - tokens) / REFILL_PER_S) * 1_000));
    },
    refund: add,
    earn: () => add(EARNED_PER_CALL),
  };
}
