import {
  type AccountCreate,
  type AccountMove,
  type AccountPatch,
  type AccountPause,
  accountListSchema,
  accountSchema,
} from '../../src-shared/contract/account.ts';
import { accountModelsSchema, accountTestSchema } from '../../src-shared/contract/account-models.ts';
import { auditListSchema } from '../../src-shared/contract/audit.ts';
import {
  type FoundImport,
  foundListSchema,
  type SignInStart,
  signInListSchema,
  signInSchema,
} from '../../src-shared/contract/sign-in.ts';
import { ask, send } from './client.ts';

const at = (id: string, action = ''): string => `/api/accounts/${encodeURIComponent(id)}${action}`;
const post = (id: string, action: string, body?: object) =>
  ask(accountSchema, at(id, action), { method: 'POST', ...(body === undefined ? {} : { body }) });

export const getAccounts = () => ask(accountListSchema, '/api/accounts');
export const addAccount = (body: AccountCreate) => ask(accountSchema, '/api/accounts', { method: 'POST', body });
export const removeAccount = (id: string) => send(at(id), { method: 'DELETE' });

export const editAccount = (id: string, body: AccountPatch) => ask(accountSchema, at(id), { method: 'PATCH', body });
export const setAccountEnabled = (id: string, enabled: boolean) => post(id, enabled ? '/enable' : '/disable');
export const pauseAccount = (id: string, end: AccountPause) => post(id, '/pause', end);
export const resumeAccount = (id: string) => post(id, '/resume');
export const pinAccount = (id: string, forMs: number) => post(id, '/pin', { forMs });
export const unpinAccount = (id: string) => post(id, '/unpin');
export const restAccount = (id: string) => post(id, '/rest', { untilReset: true });
export const wakeAccount = (id: string) => post(id, '/wake');
export const refreshUsage = (id: string) => post(id, '/refresh-usage');
export const moveAccount = (id: string, body: AccountMove) =>
  ask(accountListSchema, at(id, '/move'), { method: 'POST', body });
export const testAccount = (id: string) => ask(accountTestSchema, at(id, '/test'), { method: 'POST' });

export const getAccountModels = (id: string) => ask(accountModelsSchema, at(id, '/models'));
export const refreshAccountModels = (id: string) =>
  ask(accountModelsSchema, at(id, '/refresh-models'), { method: 'POST' });
export const getAccountAudit = (id: string, limit: number) => ask(auditListSchema, at(id, `/audit?limit=${limit}`));

const signIns = '/api/accounts/sign-ins';
const signIn = (id: string, action = ''): string => `${signIns}/${encodeURIComponent(id)}${action}`;

export const getSignIns = () => ask(signInListSchema, signIns);
export const startSignIn = (body: SignInStart) => ask(signInSchema, signIns, { method: 'POST', body });
export const cancelSignIn = (id: string) => ask(signInSchema, signIn(id), { method: 'DELETE' });
export const finishSignIn = (id: string, url: string) =>
  ask(signInSchema, signIn(id, '/callback'), { method: 'POST', body: { url } });

export const getFoundLogins = () => ask(foundListSchema, '/api/accounts/found');
export const importFoundLogin = (body: FoundImport) =>
  ask(accountSchema, '/api/accounts/found', { method: 'POST', body });
