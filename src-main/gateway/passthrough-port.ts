import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Exchanges } from '../upstreams/exchange.ts';
import { passThrough } from '../upstreams/openai/passthrough.ts';
import type { GatewayPorts } from './ports.ts';

/** What only an API key can serve goes to the first one that the caller may use. `baseUrl` is for keys without one of their own. */
export function createPassthrough(
  accounts: Pick<Accounts, 'list' | 'get' | 'credential'>,
  exchanges: Exchanges,
  baseUrl: string,
): GatewayPorts['passthrough'] {
  return {
    account: (identity) =>
      accounts
        .list()
        .find(
          ({ id, label, kind, enabled, needsSignIn }) =>
            kind === 'openai' &&
            enabled &&
            needsSignIn === null &&
            (identity.accounts === null || identity.accounts.includes(id) || identity.accounts.includes(label)),
        ) ?? null,
    async send(accountId, request, observer) {
      const account = accounts.get(accountId);
      if (account === null) throw new RelayError('no_available_accounts');
      const credential = await accounts.credential(accountId);
      return passThrough(exchanges, baseUrl, account, credential, request, observer);
    },
  };
}
