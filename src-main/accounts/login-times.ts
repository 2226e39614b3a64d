import type { Account } from './account.ts';
import type { AccountSecret, ChatgptSecret } from './account-secret.ts';
import { readLoginClaims } from './jwt-claims.ts';

/** Whose a login is, and when its access token ends and is renewed: ms since the epoch by the service's clock, but for `refreshedAt`. */
export interface LoginTimes {
  /** `null` where the token does not say. */
  readonly expiresAt: number | null;
  /** By this machine's clock, or by that of the program that the login came from. */
  readonly refreshedAt: number | null;
  /** `null` where it cannot be renewed. */
  nextRefreshAt: number | null;
  /** Another program was given the same tokens. */
  readonly shared: boolean;
}

/** As the Codex CLI does (PROTOCOL 1.3). */
const LEAD_MS = 5 * 60_000;
const JITTER_MS = 60_000;
/** A token that lives for minutes must not be due as soon as it is there. */
const MAX_LEAD_SHARE = 0.25;
/** Tokens that do not say when they end are renewed at this age (PROTOCOL 1.3). */
const OLD_MS = 8 * 86_400_000;

/** `null` for what never ends. `random` (0 to 1) spreads accounts that were added together. */
export function loginTimes(
  secret: AccountSecret,
  account: Pick<Account, 'linkedFile' | 'createdAt'>,
  random: number,
): LoginTimes | null {
  if (secret.type !== 'chatgpt') return null;
  const claims = readLoginClaims(secret.accessToken);
  const expiresAt = claims?.expiresAt ?? null;
  const jitterMs = JITTER_MS * random;
  let dueAt: number;
  if (expiresAt === null) {
    dueAt = (secret.lastRefreshAt ?? account.createdAt) + OLD_MS - jitterMs;
  } else {
    // The program that a linked login belongs to renews it 5 minutes ahead: it comes first, so that it never loses its own.
    const leadMs = account.linkedFile === null ? LEAD_MS + jitterMs : LEAD_MS - jitterMs;
    const lifeMs = Math.max(0, expiresAt - (claims?.issuedAt ?? 0));
    dueAt = expiresAt - Math.min(leadMs, lifeMs * MAX_LEAD_SHARE);
  }
  return {
    expiresAt,
    refreshedAt: secret.lastRefreshAt,
    nextRefreshAt: isRenewable(secret) ? Math.round(dueAt) : null,
    shared: secret.shared === true,
  };
}

export const isRenewable = ({ refreshToken, spent }: ChatgptSecret): boolean =>
  refreshToken !== null && spent === undefined;
