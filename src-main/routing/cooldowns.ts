import type { Clock } from '../../src-shared/domain/clock.ts';
import { cooldownMs } from './backoff.ts';

/** How long limits that name no end are respected: longer each time, until a call is served (FAULTS U-02). */
export interface Cooldowns {
  /** The rest of an account's family that has just refused (ms). Refusals of calls that were under way together are one. */
  next(accountId: string, family: string): number;
  served(accountId: string, families: readonly string[]): void;
}

export interface StoredCooldown {
  readonly accountId: string;
  readonly family: string;
  /** Such limits in a row. */
  readonly streak: number;
}

export interface CooldownsPorts {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly minMs: () => number;
  readonly memory: readonly StoredCooldown[];
  /** `streak: 0` when nothing is left to remember. */
  readonly changed: (cooldown: StoredCooldown) => void;
}

export function createCooldowns({ clock, random, minMs, memory, changed }: CooldownsPorts): Cooldowns {
  const streaks = new Map<string, { readonly streak: number; readonly until: number }>();
  for (const { accountId, family, streak } of memory) streaks.set(keyOf(accountId, family), { streak, until: 0 });
  return {
    next(accountId, family) {
      const key = keyOf(accountId, family);
      const now = clock.monotonic();
      const known = streaks.get(key);
      if (known !== undefined && known.until > now) return known.until - now;
      const streak = (known?.streak ?? 0) + 1;
      const ms = cooldownMs(streak, minMs(), random());
      streaks.set(key, { streak, until: now + ms });
      changed({ accountId, family, streak });
      return ms;
    },
    served(accountId, families) {
      if (streaks.size === 0) return;
      for (const family of families) {
        if (streaks.delete(keyOf(accountId, family))) changed({ accountId, family, streak: 0 });
      }
    },
  };
}

const keyOf = (accountId: string, family: string): string => `${accountId} ${family}`;
