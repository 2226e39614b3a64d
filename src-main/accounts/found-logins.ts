import { join } from 'node:path';
import type { FoundLogin } from '../../src-shared/contract/sign-in.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Account } from './account.ts';
import { readAuthJson } from './auth-json.ts';
import type { Login } from './login.ts';

export interface FoundLoginsPorts {
  readonly readFile: (path: string) => Promise<string>;
  /** The account that this login is already. */
  readonly accountOf: (login: Login) => Promise<Account | null>;
}

/** The logins in these homes of the Codex CLI; a home without one, or with one that cannot be used, is left out. */
export async function findLogins(homes: readonly string[], ports: FoundLoginsPorts): Promise<FoundLogin[]> {
  const found = await Promise.all(homes.map((home) => look(join(home, 'auth.json'), ports)));
  return found.filter((login) => login !== null);
}

/** What is in one of the files that `findLogins` looks at, so that no other file can be asked for. Rejects with `not_found`. */
export async function readFoundLogin(
  homes: readonly string[],
  path: string,
  readFile: FoundLoginsPorts['readFile'],
): Promise<string> {
  const isKnown = homes.some((home) => join(home, 'auth.json') === path);
  const content = isKnown ? await readFile(path).catch(() => null) : null;
  if (content === null) throw new RelayError('not_found', { message: 'There is no login in this file any more.' });
  return content;
}

async function look(path: string, { readFile, accountOf }: FoundLoginsPorts): Promise<FoundLogin | null> {
  let login: Login;
  try {
    login = readAuthJson(await readFile(path));
  } catch {
    return null;
  }
  const { kind, secret, email, plan, accountId: upstreamAccountId } = login;
  return {
    path,
    kind,
    email,
    plan,
    upstreamAccountId,
    accountId: (await accountOf(login))?.id ?? null,
    lastRefreshAt: secret.type === 'chatgpt' ? secret.lastRefreshAt : null,
  };
}
