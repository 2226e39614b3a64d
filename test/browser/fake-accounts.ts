import type { AccountView } from '../../src-shared/contract/account.ts';
import type { AccountModels, AccountTest } from '../../src-shared/contract/account-models.ts';
import type { AuditList } from '../../src-shared/contract/audit.ts';
import type { FoundLogin, SignInView } from '../../src-shared/contract/sign-in.ts';
import { account, accountModels, accountTest, auditEntry, signIn } from '../unit/dashboard/samples.ts';

export interface AccountState {
  accounts: AccountView[];
  models: AccountModels;
  test: AccountTest;
  audit: AuditList;
  /** What the next start of a sign-in gives. */
  signIn: SignInView;
  signIns: SignInView[];
  found: FoundLogin[];
}

export const createAccountState = (): AccountState => ({
  accounts: [account],
  models: accountModels,
  test: accountTest,
  audit: { entries: [auditEntry], nextCursor: null },
  signIn: { ...signIn, url: 'about:blank', expiresAt: Date.now() + 300_000 },
  signIns: [],
  found: [],
});

/** What Relay answers under /api/accounts; `null` for other paths. */
export function answerAccounts(state: AccountState, method: string, path: string): Response | null {
  const [, , resource, first = '', second = ''] = path.split('/');
  if (resource !== 'accounts') return null;
  if (first === '' && method === 'POST') return Response.json(account, { status: 201 });
  if (first === '') return Response.json({ accounts: state.accounts });
  if (first === 'found' && method === 'POST') return Response.json(account, { status: 201 });
  if (first === 'found') return Response.json({ logins: state.found });
  if (first === 'sign-ins') return answerSignIns(state, method, second);
  if (method === 'DELETE') return new Response(null, { status: 204 });
  if (second === 'models' || second === 'refresh-models') return Response.json(state.models);
  if (second === 'audit') return Response.json(state.audit);
  if (second === 'test') return Response.json(state.test);
  if (second === 'move') return Response.json({ accounts: [...state.accounts].reverse() });
  return Response.json(state.accounts.find(({ id }) => id === first) ?? account);
}

function answerSignIns(state: AccountState, method: string, id: string): Response {
  if (id === '' && method === 'GET') return Response.json({ signIns: state.signIns });
  if (id === '') {
    state.signIns = [...state.signIns, state.signIn];
    return Response.json(state.signIn, { status: 201 });
  }
  const found = state.signIns.find((one) => one.id === id) ?? state.signIn;
  const after: SignInView = { ...found, state: method === 'DELETE' ? 'cancelled' : 'done', message: 'It is over.' };
  state.signIns = state.signIns.map((one) => (one.id === id ? after : one));
  return Response.json(after);
}
