import type { Credits } from '../../src-shared/contract/account.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { isOver, type LimitFamily, type QuotaWindow } from '../../src-shared/domain/window.ts';
import type { LateWrites } from '../ledger/late-writes.ts';
import { type Account, PLAN_FAMILY, windowKey } from './account.ts';
import { eraseWindow, saveWindow } from './account-rows.ts';
import { eraseReadings, saveReadings, saveUsage } from './quota-rows.ts';
import type { UsageAnswer } from './usage-answer.ts';
import { follow, newTrack } from './window-track.ts';

export interface QuotaObservationPorts {
  readonly observe: (id: string, learn: (account: Account) => void) => void;
  readonly clearRest: (id: string, family: LimitFamily) => void;
  readonly lateWrites: LateWrites;
  readonly clock: Clock;
}

/** A shorter rest is a limit of speed, of which the usage endpoint knows nothing. */
const SPEED_LIMIT_MS = 2 * 60_000;

/** What answers, events and the usage endpoint teach about an account's windows and credits. */
export function createQuotaObservations({ observe, clearRest, lateWrites, clock }: QuotaObservationPorts) {
  const put = (account: Account, window: QuotaWindow): void => {
    const key = windowKey(window);
    const track = account.tracks.get(key) ?? newTrack();
    account.tracks.set(key, track);
    const kept = follow(track, account.windows.get(key), window);
    account.windows.set(key, window);
    lateWrites.put(`${account.id} window ${key}`, saveWindow(account.id, window));
    if (kept) lateWrites.put(`${account.id} readings ${key}`, saveReadings(account.id, window, track));
  };

  const drop = (account: Account, window: QuotaWindow): void => {
    const key = windowKey(window);
    account.windows.delete(key);
    account.tracks.delete(key);
    lateWrites.put(`${account.id} window ${key}`, eraseWindow(account.id, window));
    lateWrites.put(`${account.id} readings ${key}`, eraseReadings(account.id, window));
  };

  const learnCredits = (account: Account, credits: Credits): void => {
    const known = account.credits;
    account.credits = credits;
    const same =
      known !== null &&
      known.has === credits.has &&
      known.unlimited === credits.unlimited &&
      known.balance === credits.balance;
    // Every answer of a call tells them: they are written down when they change.
    if (!same) lateWrites.put(`${account.id} usage`, saveUsage(account));
  };

  /** A rest ends early only on the word of an answer that was asked for after the refusal (the real answer wins). */
  const endRests = (account: Account, answer: UsageAnswer, askedAt: number): void => {
    for (const { family, free } of answer.limits) {
      const rest = account.rests.get(family);
      if (free !== true || rest === undefined || rest.since >= askedAt) continue;
      if (rest.until - rest.since > SPEED_LIMIT_MS) clearRest(account.id, family);
    }
  };

  return {
    windows(id: string, windows: readonly QuotaWindow[]): void {
      if (windows.length === 0) return;
      observe(id, (account) => {
        for (const window of windows) put(account, window);
        const told = new Set(windows);
        const families = new Set(windows.map((window) => window.family));
        for (const window of account.windows.values()) {
          // The upstream stopped naming it: its time is over and nothing newer was read.
          if (families.has(window.family) && !told.has(window) && isOver(window, clock.now())) drop(account, window);
        }
      });
    },
    credits(id: string, credits: Credits | null): void {
      if (credits !== null) observe(id, (account) => learnCredits(account, credits));
    },
    /** `askedAt` is when the request left (ms). */
    usage(id: string, answer: UsageAnswer, askedAt: number): void {
      observe(id, (account) => {
        for (const window of answer.limits.flatMap((limit) => limit.windows)) put(account, window);
        for (const window of account.windows.values()) if (isNamedNoMore(window, answer)) drop(account, window);
        account.usage = answer.facts;
        account.usageError = null;
        if (answer.credits !== null) account.credits = answer.credits;
        lateWrites.put(`${id} usage`, saveUsage(account));
        endRests(account, answer, askedAt);
      });
    },
    usageAsked(id: string, at: number): void {
      observe(id, (account) => {
        account.usageAskedAt = at;
        lateWrites.put(`${id} usage`, saveUsage(account));
      });
    },
    usageFailed(id: string, sentence: string): void {
      observe(id, (account) => {
        account.usageError = sentence;
      });
    },
  };
}

/**
 * The endpoint tells all windows of a family at once, so one that it leaves out is gone. A family that it does not tell at
 * all is gone where only the endpoint ever told it: others come with the answers of the models that they limit.
 */
function isNamedNoMore(window: QuotaWindow, { limits, listsExtras, facts }: UsageAnswer): boolean {
  if (window.readAt >= facts.readAt) return false;
  const family = limits.filter((limit) => limit.family === window.family);
  if (family.length === 0) {
    return listsExtras && window.family !== PLAN_FAMILY && window.source === 'usage-endpoint';
  }
  return family.every((limit) => limit.complete);
}
