import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { periodStart } from '../../src-shared/domain/period.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import { timeZoneOf } from '../config/time-zone.ts';
import type { Database } from '../ledger/database.ts';
import { type Breakers, createBreakers } from './breakers.ts';
import { type ClockWatch, createClockWatch } from './clock-watch.ts';
import { type Cooldowns, createCooldowns } from './cooldowns.ts';
import { createDamagedEvents, type DamagedEvents } from './damaged-events.ts';
import { createHolds, type Holds } from './holds.ts';
import { createLimitFamilies, type LimitFamilies } from './limit-families.ts';
import { createNetworkState, type NetworkState } from './network-state.ts';
import { createOverflow, type Overflow } from './overflow.ts';
import { createOverflowCost } from './overflow-cost.ts';
import { spentOnOverflow } from './overflow-history.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import type { RouterPorts } from './router.ts';
import { openRoutingMemory } from './routing-memory.ts';

export interface SafeguardPorts {
  readonly settings: SettingsStore;
  readonly database: Database;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly clock: Clock;
  /** One sentence for a person. */
  readonly notice: (sentence: string) => void;
  /** What people see of accounts may be other now. */
  readonly signalsChanged: () => void;
  readonly storageFailed: (error: unknown) => void;
}

/** What keeps failing accounts, lost networks and spent limits from hurting calls, and calls from hurting what fails. */
export interface Safeguards {
  readonly network: NetworkState;
  readonly breakers: Breakers;
  readonly cooldowns: Cooldowns;
  readonly budget: RetryBudget;
  readonly holds: Holds;
  readonly families: LimitFamilies;
  readonly damaged: DamagedEvents;
  readonly clockWatch: ClockWatch;
  readonly overflow: Overflow;
  readonly costBounds: RouterPorts['costBounds'];
  /** Told of every call whenever its record changes. */
  noted(call: CallRecord): void;
  /** Resolves when everything learned so far is written. */
  written(): Promise<void>;
}

/** With what was learned before this start: breakers, cooldowns, and what metered keys have cost today. */
export async function openSafeguards(ports: SafeguardPorts): Promise<Safeguards> {
  const { settings, database, clock, random } = ports;
  const timeZone = timeZoneOf(settings);
  const [memory, spentBefore] = await Promise.all([
    openRoutingMemory({ database, clock, failed: ports.storageFailed }),
    spentOnOverflow(database, periodStart(clock.now(), 'day', timeZone())),
  ]);
  const network = createNetworkState((offline) => {
    ports.notice(
      offline ? 'No upstream can be reached: the network seems to be down.' : 'Upstreams can be reached again.',
    );
    ports.signalsChanged();
  });
  const overflow = createOverflow({
    clock,
    timeZone,
    ceilingMicroUsd: () => settings.get('overflow.dailyMicroUsd'),
    spentBefore,
  });
  return {
    network,
    breakers: createBreakers({
      clock,
      network,
      openMs: () => settings.get('breaker.openMs'),
      memory: memory.breakers,
      changed(breaker) {
        memory.keepBreaker(breaker);
        ports.signalsChanged();
      },
    }),
    cooldowns: createCooldowns({
      clock,
      random,
      minMs: () => settings.get('cooldown.minMs'),
      memory: memory.cooldowns,
      changed: memory.keepCooldown,
    }),
    budget: createRetryBudget(clock),
    holds: createHolds(random),
    families: createLimitFamilies({ memory: memory.families, changed: memory.keepFamily }),
    damaged: createDamagedEvents(ports.notice),
    clockWatch: createClockWatch(clock),
    overflow,
    costBounds: createOverflowCost(settings),
    noted(call) {
      if (call.status !== 'inflight') overflow.settle(call);
    },
    written: memory.settled,
  };
}
