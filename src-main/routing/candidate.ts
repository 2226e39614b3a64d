import type { OverflowAnswer } from './overflow.ts';
import type { RoutedAccount } from './ports.ts';
import type { Recent, RoutingStats } from './stats.ts';

/** An account that a call could go to, with what the other parts of routing know of it. */
export interface Candidate {
  readonly account: RoutedAccount;
  /** How it did lately with this model; `null` without recent calls. */
  readonly recent: Recent | null;
  /** Choices since this account was chosen last; `null` where it was not yet. */
  readonly turnsSince: number | null;
  /** When its breaker lets a probe through (ms); `null` while it lets calls through. */
  readonly breakerUntil: number | null;
}

/** A call as the choice sees it. */
export interface Choosing {
  readonly model: string;
  /** The limit families that the model counts against: a rest of any of them is in the way, their windows are its headroom. */
  readonly families: readonly string[];
  /** Ids or labels of the accounts that the call's key may use; `null` for all. */
  readonly allowedAccounts: readonly string[] | null;
  /** Accounts that this call has tried already. */
  readonly tried: ReadonlySet<string>;
  /** Accounts that the person leaves out, to see what would happen. */
  readonly without: ReadonlySet<string>;
  /** The account that holds the conversation; `null` for a new one. `cachedTokens: null` where nothing is known of its cache. */
  readonly owner: { readonly accountId: string; readonly cachedTokens: number | null } | null;
  /** The only account that can read the state in the request; `null` where any can. */
  readonly boundTo: string | null;
  /** Whether metered keys may stand in for subscriptions, and what forbids it. */
  readonly overflow: OverflowAnswer | 'no-consent';
  /** What a token costs more when it is not in the cache, in nano-dollars; `null` where the price is not known. */
  readonly uncachedNanoUsd: number | null;
}

/** All accounts as candidates for a call of this model. `breakerUntil` says when a breaker lets a call through (ms), `null` for now. */
export function candidatesFor(
  accounts: readonly RoutedAccount[],
  model: string,
  stats: RoutingStats,
  breakerUntil: (accountId: string) => number | null,
): Candidate[] {
  return accounts.map((account) => ({
    account,
    recent: stats.recent(account.id, model),
    turnsSince: stats.turnsSince(account.id),
    breakerUntil: breakerUntil(account.id),
  }));
}
