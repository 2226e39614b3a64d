import type { CostBounds } from '../../src-shared/catalog/cost-bounds.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { periodEnd, periodStart } from '../../src-shared/domain/period.ts';

/** `busy`: calls that run may use up what is left. `price-unknown`: what cannot be counted cannot be limited. */
export type OverflowAnswer = 'allowed' | 'busy' | 'ceiling-reached' | 'price-unknown';

/** What metered keys may cost a day when they stand in for subscriptions. */
export interface Overflow {
  /** Whether one more call may be served that costs at most this; `null` where its price is not known. */
  ask(cost: CostBounds | null): OverflowAnswer;
  /** Sets the most aside until the call is settled; a second reservation of one call replaces the first. */
  reserve(callId: string, cost: CostBounds): void;
  /** Told of every call that is over: what it really cost takes the place of its reservation. */
  settle(call: SettledCall): void;
  spentTodayMicroUsd(): number;
  /** When the next day begins and the ceiling counts anew, ms since the epoch. */
  renewsAt(): number;
}

type SettledCall = Pick<CallRecord, 'id' | 'startedAt' | 'overflow' | 'spentMicroUsd' | 'ttftMs'>;

export interface OverflowPorts {
  readonly clock: Clock;
  /** IANA name of the zone whose days count: the same as for budgets. */
  readonly timeZone: () => string;
  readonly ceilingMicroUsd: () => number;
  /** What calls that began today cost before this start of Relay. */
  readonly spentBefore: number;
}

/**
 * A call is let in beside others only where all of them together stay below the ceiling whatever they cost; the last piece is left
 * to one call at a time. So the day's total never passes the ceiling by more than one call.
 */
export function createOverflow({ clock, timeZone, ceilingMicroUsd, spentBefore }: OverflowPorts): Overflow {
  const reserved = new Map<string, CostBounds>();
  let day = dayAt(clock.now(), timeZone());
  let spent = spentBefore;

  const today = (): number => {
    const now = clock.now();
    const zone = timeZone();
    // Only forward: neither a wall clock that is put back nor another zone makes a spent day new again.
    if (now >= day.endsAt) spent = 0;
    if (now >= day.endsAt || zone !== day.zone) day = dayAt(now, zone);
    return spent;
  };

  return {
    ask(cost) {
      const ceiling = ceilingMicroUsd();
      if (today() >= ceiling) return 'ceiling-reached';
      if (cost === null) return 'price-unknown';
      if (reserved.size === 0) return 'allowed';
      let running = cost.mostMicroUsd;
      for (const { mostMicroUsd } of reserved.values()) running += mostMicroUsd;
      return spent + running <= ceiling ? 'allowed' : 'busy';
    },
    reserve: (callId, cost) => void reserved.set(callId, cost),
    settle(call) {
      const cost = reserved.get(call.id);
      reserved.delete(call.id);
      if (!call.overflow) return;
      today();
      // An answer that was cut costs something although nobody says how much.
      const guess = call.ttftMs === null ? 0 : (cost?.likelyMicroUsd ?? 0);
      if (call.startedAt >= day.beganAt) spent += call.spentMicroUsd ?? guess;
    },
    spentTodayMicroUsd: today,
    renewsAt() {
      today();
      return day.endsAt;
    },
  };
}

const dayAt = (at: number, zone: string) => ({
  zone,
  beganAt: periodStart(at, 'day', zone),
  endsAt: periodEnd(at, 'day', zone) ?? Number.POSITIVE_INFINITY,
});
