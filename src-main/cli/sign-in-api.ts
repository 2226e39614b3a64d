import { foundListSchema, signInListSchema, signInSchema } from '../../src-shared/contract/sign-in.ts';
import type { ApiCalls } from './account-api.ts';
import type { SignInAccess } from './relay-access.ts';

/** The sign-ins of a running Relay. */
export function createSignInApi({ get, put }: Pick<ApiCalls, 'get' | 'put'>): SignInAccess {
  const of = (id: string): string => `/accounts/sign-ins/${encodeURIComponent(id)}`;
  return {
    list: async () => (await get('/accounts/sign-ins', signInListSchema)).signIns,
    start: (wanted) => put('POST', '/accounts/sign-ins', signInSchema, wanted),
    get: (id) => get(of(id), signInSchema),
    paste: (id, url) => put('POST', `${of(id)}/callback`, signInSchema, { url }),
    cancel: (id) => put('DELETE', of(id), signInSchema, {}),
    found: async () => (await get('/accounts/found', foundListSchema)).logins,
  };
}
