import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Amounts, UsedCall } from './budget.ts';
import type { Budgets, Reservation } from './budgets.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import type { AdmittedCall, KeyLimits } from './key-limits.ts';
import type { KeyIdentity } from './keys.ts';

export interface KeyGatePorts {
  readonly limits: KeyLimits;
  readonly budgets: Budgets;
  readonly timers: Timers;
  /** How many calls Relay serves at once. */
  readonly places: () => number;
  /** How long a call may wait for its turn, ms. */
  readonly queueMs: () => number;
}

/** What a call is thought to need before it has run. */
export interface Estimate {
  /** Input and output together. */
  readonly tokens: number;
  readonly amounts: Amounts;
}

/** A call that its key let in. */
export interface EnteredCall {
  /** `x-ratelimit-*` as they are now. */
  headers(): Record<string, string>;
  /** Once, with what was really used. */
  leave(call: UsedCall): void;
}

export interface KeyGate {
  /**
   * Lets a call in: its budgets, its key's limits, and one of Relay's places. Rejects with `insufficient_quota`,
   * `rate_limit_exceeded`, `tokens_exceeded` or `too_many_calls`; then nothing is held or used up. Synchronous where
   * nothing has to be waited for. `estimate` is asked for only where something counts it.
   */
  enter(identity: KeyIdentity, estimate: () => Estimate, signal: () => AbortSignal): EnteredCall | Promise<EnteredCall>;
  /** The headers for a call that was refused. */
  headers(identity: KeyIdentity): Record<string, string>;
}

const nothing: Estimate = { tokens: 0, amounts: { cost: 0, spent: 0, tokens: 0 } };

export function createKeyGate({ limits, budgets, timers, places, queueMs }: KeyGatePorts): KeyGate {
  const all: FairQueue = createFairQueue({ capacity: places, timers });

  return {
    headers: (identity) => (isLimited(identity) ? limits.headers(identity.id, identity.limits) : {}),
    enter(identity, estimate, signal) {
      const needed = budgets.any() || identity.limits.tokensPerMinute !== null ? estimate() : nothing;
      const reservation = budgets.reserve(identity, needed.amounts);
      let admitted: AdmittedCall | Promise<AdmittedCall> | null = null;
      try {
        admitted = isLimited(identity) ? limits.admit(identity.id, identity.limits, needed.tokens, signal()) : null;
      } catch (error) {
        reservation.settle(unused);
        throw error;
      }
      const slot = admitted instanceof Promise ? null : all.take(identity.id);
      if (slot !== null && !(admitted instanceof Promise)) return entered(reservation, admitted, slot);
      return (async () => {
        let own: AdmittedCall | null = null;
        try {
          own = await admitted;
          const place = all.take(identity.id) ?? (await all.wait(identity.id, queueMs(), signal()));
          if (place === null) throw new RelayError('too_many_calls', { retryAfterMs: 1_000 });
          return entered(reservation, own, place);
        } catch (error) {
          reservation.settle(unused);
          own?.settle(0);
          throw error;
        }
      })();
    },
  };
}

const isLimited = ({ limits }: KeyIdentity): boolean =>
  limits.requestsPerMinute !== null || limits.tokensPerMinute !== null || limits.concurrency !== null;

const unused: UsedCall = { id: '', startedAt: 0, amounts: { cost: 0, spent: 0, tokens: 0 }, gaveOutput: false };

function entered(reservation: Reservation, admitted: AdmittedCall | null, slot: { release(): void }): EnteredCall {
  return {
    headers: () => admitted?.headers() ?? {},
    leave(call) {
      slot.release();
      reservation.settle(call);
      admitted?.settle(call.amounts.tokens ?? (call.gaveOutput ? null : 0));
    },
  };
}
