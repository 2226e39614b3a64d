import { z } from 'zod';
import type { Account } from './account.ts';
import type { ChatgptSecret } from './account-secret.ts';
import { type LoginClaims, readLoginClaims } from './jwt-claims.ts';

/** No header may hold anything else. */
const token = z
  .string()
  .regex(/^[\x21-\x7e]+$/)
  .nullish();
/** Each of them may be left out (PROTOCOL 1.3). */
export const renewedTokensSchema = z.object({ access_token: token, refresh_token: token, id_token: token });
export type RenewedTokens = z.infer<typeof renewedTokensSchema>;

/**
 * The login after a refresh at `at` (ms): what the answer leaves out stays as it was (FAULTS A-05). `null` where one of
 * its tokens names another workspace or person than the login had (FAULTS A-06).
 */
export function renewedLogin(
  old: ChatgptSecret,
  tokens: RenewedTokens,
  account: Pick<Account, 'upstreamAccountId' | 'upstreamUserId'>,
  at: number,
): ChatgptSecret | null {
  const claimed = (name: 'accountId' | 'userId'): string | null => claimsOf(old.accessToken, old.idToken, name);
  const accountId = claimed('accountId') ?? account.upstreamAccountId;
  const userId = claimed('userId') ?? account.upstreamUserId;
  for (const given of [tokens.access_token, tokens.id_token]) {
    const claims = given == null ? null : readLoginClaims(given);
    if (claims !== null && (differs(accountId, claims.accountId) || differs(userId, claims.userId))) return null;
  }
  return {
    type: 'chatgpt',
    accessToken: tokens.access_token ?? old.accessToken,
    refreshToken: tokens.refresh_token ?? old.refreshToken,
    idToken: tokens.id_token ?? old.idToken,
    lastRefreshAt: at,
  };
}

/** The tokens' own words, because the account's workspace can be one that was chosen beside them (PROTOCOL 1.5). */
function claimsOf(accessToken: string, idToken: string | null, name: 'accountId' | 'userId'): string | null {
  const read = (given: string | null): LoginClaims | null => (given === null ? null : readLoginClaims(given));
  return read(accessToken)?.[name] ?? read(idToken)?.[name] ?? null;
}

const differs = (known: string | null, named: string | null): boolean =>
  known !== null && named !== null && known !== named;
