import type { GateCode, Verdict } from '../../src-shared/domain/decision.ts';
import type { Candidate, Choosing } from './candidate.ts';
import type { RoutedAccount } from './ports.ts';

type Gate = NonNullable<Verdict['gate']>;

const MAX_NOTE = 160;

/** What keeps an account from a call by itself, whatever the others are; `null` when nothing does. */
export function gateOf(candidate: Candidate, call: Choosing, now: number): Gate | null {
  const { account } = candidate;
  const { tried, without, boundTo } = call;
  if (without.has(account.id)) return gate('left-out');
  if (!account.enabled) return gate('disabled');
  const { pause } = account;
  if (pause !== null && (pause.until === null || pause.until > now)) return gate('paused', pause.until);
  if (account.needsSignIn !== null) return gate('needs-sign-in', null, account.needsSignIn);
  if (account.keyringLocked !== null) return gate('keyring-locked', null, account.keyringLocked);
  if (!mayUse(account, call)) return gate('not-allowed');
  if (account.models !== null && !account.models.has(call.model)) return gate('lacks-model');
  const lacksUntil = account.unsupported.get(call.model) ?? 0;
  if (lacksUntil > now) return gate('lacks-model', lacksUntil);
  if (boundTo !== null && boundTo !== account.id) return gate('foreign-state');
  const rest = restOf(account, call.families, now);
  if (rest !== null) return gate('resting', rest.until, rest.reason);
  if (candidate.breakerUntil !== null) return gate('breaker-open', candidate.breakerUntil);
  if (account.maxConcurrency !== null && account.inFlight >= account.maxConcurrency) return gate('at-capacity');
  return tried.has(account.id) ? gate('tried') : null;
}

/** The rest that ends last among a model's limit families; `null` when none of them rests. */
function restOf(account: RoutedAccount, families: readonly string[], now: number) {
  if (account.rests.size === 0) return null;
  let longest: { readonly until: number; readonly reason: string } | null = null;
  for (const family of families) {
    const rest = account.rests.get(family);
    if (rest !== undefined && rest.until > now && rest.until > (longest?.until ?? 0)) longest = rest;
  }
  return longest;
}

function mayUse({ id, label }: RoutedAccount, { allowedAccounts }: Choosing): boolean {
  return allowedAccounts === null || allowedAccounts.includes(id) || allowedAccounts.includes(label);
}

export const isMetered = (account: RoutedAccount): boolean => account.kind === 'openai';

/**
 * Whether a metered key would stand in for a subscription: one is in the pool that this key may use and that offers the
 * model, even when it rests or needs a person. A pool of keys alone, or a model that only keys offer, is no overflow.
 */
export function isOverflow(candidates: readonly Candidate[], call: Choosing): boolean {
  return candidates.some(
    ({ account }) =>
      !isMetered(account) &&
      account.enabled &&
      !call.without.has(account.id) &&
      mayUse(account, call) &&
      (account.models === null || account.models.has(call.model)),
  );
}

const gate = (code: GateCode, until: number | null = null, note: string | null = null): Gate => ({
  code,
  until,
  note: note === null ? null : note.slice(0, MAX_NOTE),
});

export const overflowGate = (overflow: Choosing['overflow']): Gate =>
  gate('overflow', null, overflow === 'allowed' || overflow === 'no-consent' ? null : overflow);

export const pinGate = (until: number | null): Gate => gate('pinned-elsewhere', until);
