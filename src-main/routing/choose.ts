import { headroom } from '../../src-shared/domain/window.ts';
import type { RoutedAccount } from './ports.ts';

export interface Wanted {
  readonly model: string;
  readonly allowedAccounts: readonly string[] | null;
  /** The account that the conversation is tied to. */
  readonly owner: string | null;
  /** Accounts that this call has tried already. */
  readonly tried: ReadonlySet<string>;
}

/** Why an account cannot serve a call now; `null` when it can. */
export type Gate = 'disabled' | 'needs sign-in' | 'resting' | 'lacks the model' | 'not allowed for this key' | 'tried';

export function gateOf(account: RoutedAccount, wanted: Wanted, now: number): Gate | null {
  if (!account.enabled) return 'disabled';
  if (account.needsSignIn !== null) return 'needs sign-in';
  const { allowedAccounts } = wanted;
  if (allowedAccounts !== null && !allowedAccounts.includes(account.id) && !allowedAccounts.includes(account.label)) {
    return 'not allowed for this key';
  }
  if (account.models !== null && !account.models.has(wanted.model)) return 'lacks the model';
  if ((account.unsupported.get(wanted.model) ?? 0) > now) return 'lacks the model';
  if (restingUntil(account, now) !== null) return 'resting';
  if (wanted.tried.has(account.id)) return 'tried';
  return null;
}

/** When the account's own limit ends (ms), or `null` when it does not rest. */
export function restingUntil(account: RoutedAccount, now: number): number | null {
  const rest = account.rests.get(PLAN_FAMILY);
  return rest !== undefined && rest.until > now ? rest.until : null;
}

/** The family of a plan's own windows (PROTOCOL 3.5). */
export const PLAN_FAMILY = 'codex';

/**
 * The least-used healthy account: the conversation's own first, then the one with the most left in its tightest window
 * (in steps of 5 %), the fewest calls in flight, and the longest time unused.
 */
export function choose(accounts: readonly RoutedAccount[], wanted: Wanted, now: number): RoutedAccount | null {
  let best: RoutedAccount | null = null;
  let bestRank: readonly number[] = [];
  for (const account of accounts) {
    if (gateOf(account, wanted, now) !== null) continue;
    const rank = rankOf(account, wanted, now);
    if (best === null || isBefore(rank, bestRank)) {
      best = account;
      bestRank = rank;
    }
  }
  return best;
}

function rankOf(account: RoutedAccount, wanted: Wanted, now: number): readonly number[] {
  return [
    account.id === wanted.owner ? 0 : 1,
    account.kind === 'chatgpt' ? 0 : 1,
    -Math.floor(tightest(account, now) * 20),
    account.inFlight,
    account.lastUsedAt,
  ];
}

function tightest(account: RoutedAccount, now: number): number {
  let least = 1;
  for (const window of account.windows.values()) {
    if (window.family === PLAN_FAMILY) least = Math.min(least, headroom(window, now));
  }
  return least;
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  for (let index = 0; index < a.length; index += 1) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
