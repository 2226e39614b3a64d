import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Account } from './account.ts';
import type { Login } from './login.ts';

/** A login that was signed in to, as the account that it is now. */
export interface SignedIn {
  readonly account: Account;
  readonly isNew: boolean;
  readonly planBefore: string | null;
}

export function signedInSentence({ account, isNew, planBefore }: SignedIn): string {
  const { label, plan } = account;
  if (isNew) return `Signed in: the account ${label} was added.`;
  const change =
    plan === null || planBefore === null || plan === planBefore
      ? ''
      : ` Its plan is ${plan} now; it was ${planBefore}.`;
  return `Signed in: the account ${label} has a new login.${change}`;
}

/** A login of another workspace or user than the account that was to be signed in again (FAULTS A-06). */
export function wrongLogin(account: Account, login: Login): RelayError {
  const who = login.email === null ? 'another login' : login.email;
  const isSameMail = login.email !== null && login.email === account.email;
  const place = isSameMail ? `${who}, but in another workspace or as another user` : who;
  return new RelayError('conflict', {
    message: `You signed in as ${place}, which is not the account ${account.label}. Nothing was changed. Choose the right one in the browser, in a private window if need be.`,
  });
}

/** Before a login is imported that another program goes on using (FAULTS 1.3). */
export const sharedLogin = (): RelayError =>
  new RelayError('conflict', {
    message:
      'The program that this login comes from uses it too, and each refresh token works once: sooner or later one of the ' +
      'two is signed out. Better sign in with a login of Relay’s own (relay login); to import it all the same: --yes in the ' +
      'command line, acceptShared in the API.',
    param: 'acceptShared',
  });
