import type { z } from 'zod';
import { accountListSchema, accountSchema } from '../../src-shared/contract/account.ts';
import { accountModelsSchema, accountTestSchema } from '../../src-shared/contract/account-models.ts';
import { auditListSchema } from '../../src-shared/contract/audit.ts';
import type { AccountAccess } from './relay-access.ts';

export interface ApiCalls {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** Sends a body by any method. */
  put<T>(method: string, path: string, schema: z.ZodType<T>, body: object): Promise<T>;
  remove(path: string): Promise<void>;
}

/** The accounts of a running Relay. */
export function createAccountApi({ get, put, remove }: ApiCalls): AccountAccess {
  const of = (id: string, what = ''): string => `/accounts/${encodeURIComponent(id)}${what}`;
  const post = (path: string, body: object = {}) => put('POST', path, accountSchema, body);
  const listed = async (method: string, path: string, body: object) =>
    (await put(method, path, accountListSchema, body)).accounts;
  return {
    views: async () => (await get('/accounts', accountListSchema)).accounts,
    refreshUsage: (id) => post(of(id, '/refresh-usage')),
    addApiKey: (input) => post('/accounts', input),
    importAuthJson: (input) => post('/accounts', input),
    edit: (id, patch) => put('PATCH', of(id), accountSchema, patch),
    setEnabled: (id, enabled) => post(of(id, enabled ? '/enable' : '/disable')),
    pause: (id, end) => post(of(id, '/pause'), end),
    resume: (id) => post(of(id, '/resume')),
    pin: (id, forMs) => post(of(id, '/pin'), { forMs }),
    unpin: (id) => post(of(id, '/unpin')),
    restUntilReset: (id) => post(of(id, '/rest'), { untilReset: true }),
    wake: (id) => post(of(id, '/wake')),
    order: (ids) => listed('PUT', '/accounts/order', { ids }),
    move: (id, place) => listed('POST', of(id, '/move'), place),
    remove: (id) => remove(of(id)),
    models: (id) => get(of(id, '/models'), accountModelsSchema),
    refreshModels: (id) => put('POST', of(id, '/refresh-models'), accountModelsSchema, {}),
    test: (id) => put('POST', of(id, '/test'), accountTestSchema, {}),
    audit: {
      list({ limit, cursor, accountId }) {
        const query = new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
        return get(`${accountId === undefined ? '' : of(accountId)}/audit?${query}`, auditListSchema);
      },
    },
  };
}
