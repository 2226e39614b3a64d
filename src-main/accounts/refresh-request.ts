import * as oauth from 'oauth4webapi';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Issuer } from './issuer.ts';
import { IssuerRefusal, wasSent } from './issuer-refusal.ts';
import { type RenewedTokens, renewedTokensSchema } from './renewed-login.ts';

/** Why a login is refreshed, in the service's own words (PROTOCOL 1.3). */
export type RefreshReason = 'proactive_expiry' | 'unauthorized_recovery';

/** What came of a refresh token that was sent. `reason` is a sentence for a person. */
export type RefreshAnswer =
  | { readonly kind: 'tokens'; readonly tokens: RenewedTokens }
  /** It will never work again. */
  | { readonly kind: 'refused'; readonly code: string | null; readonly reason: string }
  /** It may work later. `isLost`: the service may have spent it, and its answer did not arrive. */
  | { readonly kind: 'failed'; readonly reason: string; readonly isLost: boolean };

/** One token exchange; only inside the issuer's lane. Never rejects, and repeats nothing. */
export async function requestRefresh(
  issuer: Issuer,
  refreshToken: string,
  reason: RefreshReason,
): Promise<RefreshAnswer> {
  try {
    const response = await oauth.refreshTokenGrantRequest(
      issuer.server,
      issuer.client(),
      issuer.authentication,
      refreshToken,
      { ...asJson(issuer), additionalParameters: { refresh_reason: reason } },
    );
    return readTokens(await response.text(), issuer.host);
  } catch (error) {
    return readFailure(error, issuer.host);
  }
}

/** As the Codex CLI waits for it (PROTOCOL 1.4). */
const REVOKE_MS = 10_000;

/** Ends a login at the service, best effort; resolves with whether it said so (PROTOCOL 1.4). */
export async function requestRevocation(issuer: Issuer, refreshToken: string): Promise<boolean> {
  try {
    await oauth.revocationRequest(issuer.server, issuer.client(), issuer.authentication, refreshToken, {
      ...asJson(issuer, REVOKE_MS),
      additionalParameters: { token_type_hint: 'refresh_token' },
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * RFC 6749 sends a form. The Codex CLI sends the same members as JSON to these two endpoints, and a form only for codes
 * (PROTOCOL 1.1, 1.3, 1.4); as the service is known by what that client sends, Relay sends the same.
 */
const asJson = ({ requests, send }: Issuer, timeoutMs?: number): Issuer['requests'] => ({
  ...requests,
  [oauth.customFetch]: (url, request) =>
    send(url, {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      method: request.method,
      headers: { ...request.headers, 'content-type': 'application/json' },
      body: request.body instanceof URLSearchParams ? JSON.stringify(Object.fromEntries(request.body)) : request.body,
    }),
});

/**
 * Not by oauth4webapi's processing of the answer: it wants a token_type and an access token, which this service may leave
 * out, and compares the id token with this machine's clock. The old pair is spent by now, so nothing of the new one may be lost.
 */
function readTokens(text: string, host: string): RefreshAnswer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = null;
  }
  const tokens = renewedTokensSchema.safeParse(json);
  if (tokens.success) return { kind: 'tokens', tokens: tokens.data };
  return { kind: 'failed', reason: `${host} answered a refresh with something that is no login.`, isLost: true };
}

/** The table of PROTOCOL 1.3. */
function readFailure(error: unknown, host: string): RefreshAnswer {
  if (error instanceof IssuerRefusal) {
    const { status, code } = error;
    if (status === 401) return { kind: 'refused', code, reason: refusals[code ?? ''] ?? otherRefusal(host, code) };
    if (status === 400 && code === 'invalid_grant') return { kind: 'refused', code, reason: invalidGrant };
    return { kind: 'failed', reason: error.message, isLost: false };
  }
  if (error instanceof RelayError) return { kind: 'failed', reason: error.message, isLost: wasSent(error) };
  // oauth4webapi's errors can carry the token; only their kind is told.
  return { kind: 'failed', reason: 'The refresh could not be sent.', isLost: false };
}

const refusals: Readonly<Record<string, string>> = {
  refresh_token_expired: 'This login was not renewed for too long and has expired. Sign in again.',
  refresh_token_reused:
    'Another program renewed this login, so the copy in Relay is spent. Sign in again from Relay, to give it a login of its own.',
  refresh_token_invalidated: 'This login was ended at the sign-in service. Sign in again.',
};
const invalidGrant = 'The sign-in service no longer knows this login (invalid_grant). Sign in again.';
const otherRefusal = (host: string, code: string | null): string =>
  `${host} refused to renew this login (HTTP 401${code === null ? '' : `, ${code}`}). Sign in again.`;
