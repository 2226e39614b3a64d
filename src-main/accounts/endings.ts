import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { LateWrites } from '../ledger/late-writes.ts';
import type { Account } from './account.ts';
import { eraseRest, updateAccount } from './account-rows.ts';
import type { Audit } from './audit.ts';
import type { RestAudit } from './rest-audit.ts';

export interface EndingPorts {
  readonly accounts: readonly Account[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly lateWrites: LateWrites;
  readonly audit: Pick<Audit, 'note'>;
  readonly restAudit: RestAudit;
  /** Never while somebody changes an account by hand. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  readonly changed: () => void;
}

export interface Endings {
  /** Something may end at another moment than before. */
  arm(): void;
  stop(): void;
}

/** Timers do not run while the machine sleeps, so the clock is looked at again after this long at the latest. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Ends pauses, pins, rests and refusals of models when their time is over. Routing reads the times themselves and needs none of
 * this; the views, the audit and the database do.
 */
export function createEndings(ports: EndingPorts): Endings {
  const { accounts, clock, timers, lateWrites, audit, restAudit, inTurn, changed } = ports;
  let armedFor: number | null = null;
  let cancel = (): void => undefined;
  let stopped = false;

  const endPause = (account: Account, now: number): boolean => {
    const until = account.pause?.until ?? null;
    if (until === null || until > now) return false;
    account.pause = null;
    lateWrites.put(`${account.id} pause`, updateAccount(account.id, { pause: null }));
    audit.note({ actor: 'automatic', what: 'resumed', account, detail: 'The pause is over.' });
    return true;
  };
  const endPin = (account: Account, now: number): boolean => {
    if (account.pinnedUntil === null || account.pinnedUntil > now) return false;
    account.pinnedUntil = null;
    lateWrites.put(`${account.id} pin`, updateAccount(account.id, { pinnedUntil: null }));
    audit.note({ actor: 'automatic', what: 'unpinned', account, detail: 'The pin is over.' });
    return true;
  };
  const endRests = (account: Account, now: number): boolean => {
    const over = [...account.rests].filter(([, rest]) => rest.until <= now);
    for (const [family, rest] of over) {
      account.rests.delete(family);
      lateWrites.put(`${account.id} rest ${family}`, eraseRest(account.id, family));
      restAudit.ended(account, family, rest);
    }
    return over.length > 0;
  };
  const endRefusals = (account: Account, now: number): boolean => {
    const over = [...account.unsupported].filter(([, until]) => until <= now);
    for (const [model] of over) account.unsupported.delete(model);
    return over.length > 0;
  };

  const due = async (): Promise<void> => {
    const now = clock.now();
    const ends = [endPause, endPin, endRests, endRefusals];
    const ended = accounts.map((account) => ends.map((end) => end(account, now)).includes(true));
    if (ended.includes(true)) changed();
    else arm();
  };

  const arm = (): void => {
    const next = stopped ? null : nextEnd(accounts);
    if (next === armedFor) return;
    cancel();
    armedFor = next;
    if (next === null) return;
    cancel = timers.set(Math.min(LOOK_AGAIN_MS, Math.max(0, next - clock.now())), () => {
      armedFor = null;
      void inTurn(due);
    });
  };

  return {
    arm,
    stop() {
      stopped = true;
      arm();
    },
  };
}

/** The first moment (ms) at which something ends by itself; `null` where nothing does. */
function nextEnd(accounts: readonly Account[]): number | null {
  let next = Number.POSITIVE_INFINITY;
  for (const { pause, pinnedUntil, rests, unsupported } of accounts) {
    next = Math.min(next, pause?.until ?? next, pinnedUntil ?? next);
    for (const { until } of rests.values()) next = Math.min(next, until);
    for (const until of unsupported.values()) next = Math.min(next, until);
  }
  return next === Number.POSITIVE_INFINITY ? null : next;
}
