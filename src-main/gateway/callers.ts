import type { Keys } from '../keys/keys.ts';
import type { WrongKeys } from '../keys/wrong-keys.ts';
import type { CallerIdentity, Callers } from './ports.ts';
import { unlimitedCaller } from './unlimited-caller.ts';

/** Finds the account whose own access token a bearer is. */
export interface LoginHolders {
  ownerOfToken(bearer: string): Promise<{ readonly id: string; readonly label: string } | null>;
}

const LOGIN_PREFIX = 'login_';

/**
 * A Relay key, or the own access token of a linked Codex login: its holder is the person whose account it is (PROTOCOL 7.2). Each
 * secret that is neither counts as wrong; a right one is let in however many those are.
 */
export function createCallers(keys: Keys, logins: LoginHolders, wrong: WrongKeys): Callers {
  const known = (identity: CallerIdentity | null): CallerIdentity | null => {
    if (identity === null) wrong.count();
    return identity;
  };
  return {
    identify(secret) {
      const login = secret.startsWith('ey');
      if (!login && wrong.flooded() && !keys.looksKnown(secret)) return known(null);
      const key = keys.authenticate(secret);
      if (key !== null || !login) return known(key);
      return logins.ownerOfToken(secret).then((account) => known(account === null ? null : loginIdentity(account)));
    },
    used(identity, client, at) {
      if (!identity.id.startsWith(LOGIN_PREFIX)) keys.touch(identity.id, client, at);
    },
  };
}

const loginIdentity = (account: { readonly id: string; readonly label: string }): CallerIdentity =>
  unlimitedCaller(`${LOGIN_PREFIX}${account.id}`, `Codex login (${account.label})`);
