import type { Account } from './account.ts';
import { type AccountSecret, bearerOf } from './account-secret.ts';
import { readAuthJson } from './auth-json.ts';
import { readLoginClaims } from './jwt-claims.ts';
import type { Login } from './login.ts';

/** The login in another program's file. `null` where it is half-written, gone, or no login any more: then the known one stays. */
export async function readLinkedFile(readFile: (path: string) => Promise<string>, path: string): Promise<Login | null> {
  try {
    const login = readAuthJson(await readFile(path));
    return login.kind === 'chatgpt' ? login : null;
  } catch {
    return null;
  }
}

/** Logins are told apart by workspace and user, never by mail. */
export const isSameLogin = (account: Account, login: Login): boolean =>
  account.kind === 'chatgpt' &&
  login.accountId !== null &&
  account.upstreamAccountId === login.accountId &&
  account.upstreamUserId === login.userId;

/** Whether what a file holds is to be used instead of what is known: another token, and by what they say not an older one. */
export function isNewer(found: AccountSecret, known: AccountSecret): boolean {
  if (bearerOf(found) === bearerOf(known)) return false;
  const isBefore = (moment: (secret: AccountSecret) => number | null): boolean => {
    const [foundAt, knownAt] = [moment(found), moment(known)];
    return foundAt !== null && knownAt !== null && foundAt < knownAt;
  };
  return !isBefore(endOf) && !isBefore((secret) => (endOf(secret) === null ? refreshedAt(secret) : null));
}

const endOf = (secret: AccountSecret): number | null => readLoginClaims(bearerOf(secret))?.expiresAt ?? null;
const refreshedAt = (secret: AccountSecret): number | null => (secret.type === 'chatgpt' ? secret.lastRefreshAt : null);
