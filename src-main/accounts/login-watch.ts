import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Account } from './account.ts';
import type { Credentials } from './credentials.ts';

export interface LoginWatchPorts {
  readonly list: () => readonly Account[];
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly timers: Timers;
  /** By the clock that tokens are judged by. */
  readonly serviceNow: () => number;
  /** Never rejects. `isDue` tells whether that is still so when its turn has come. */
  readonly renew: (account: Account, isDue: () => boolean) => Promise<void>;
  /** The machine slept, or its clock was set. */
  readonly jumped: () => void;
}

/** Often enough to notice that the machine woke, and no timer is so long that a sleep could make it late. */
const LOOK_EVERY_MS = 15_000;
/** Wall clock and monotonic clock drift apart by less than this between two looks. */
const JUMP_MS = 5_000;

/** Looks at every login now and then: which one is due, and whether a linked file has a newer one. */
export function createLoginWatch(ports: LoginWatchPorts) {
  const { list, credentials, clock, timers, serviceNow, renew, jumped } = ports;
  const offset = (): number => clock.now() - clock.monotonic();
  let cancel: (() => void) | null = null;
  let lastOffset = 0;

  const dueAt = ({ login }: Account): number | null => login?.nextRefreshAt ?? login?.expiresAt ?? null;
  const isDue = (account: Account): boolean => {
    const at = dueAt(account);
    return at !== null && at <= serviceNow();
  };

  const visit = async (account: Account): Promise<void> => {
    if (account.kind !== 'chatgpt') return;
    // What another program keeps fresh is its own business while the person has switched it off here.
    if (account.linkedFile !== null && !account.enabled) return;
    if (account.needsSignIn !== null) return credentials.reread(account);
    // The first look after a start reads every login, so that its times are known.
    if (credentials.held(account) === null) await credentials.of(account).catch(() => undefined);
    if (isDue(account)) await renew(account, () => isDue(account));
  };

  const look = (): void => {
    if (Math.abs(offset() - lastOffset) > JUMP_MS) jumped();
    lastOffset = offset();
    for (const account of list()) void visit(account);
    cancel = timers.set(LOOK_EVERY_MS, look);
  };

  return {
    start(): void {
      lastOffset = offset();
      look();
    },
    stop(): void {
      cancel?.();
      cancel = null;
    },
  };
}
