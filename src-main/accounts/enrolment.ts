import type { AccountCreate } from '../../src-shared/contract/account.ts';
import type { Actor } from '../../src-shared/contract/audit.ts';
import type { SignInStart } from '../../src-shared/contract/sign-in.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createTurns } from '../secrets/turns.ts';
import type { Account, OfferedModel } from './account.ts';
import { bearerOf } from './account-secret.ts';
import { type AccountWritePorts, createAccountWrites, type HowItCame } from './account-writes.ts';
import { PERSONAL_PREFIX, readAuthJson } from './auth-json.ts';
import { checkBaseUrl } from './base-url.ts';
import { cleanLabel, freeLabel, loginLabel } from './label.ts';
import { isSameLogin } from './linked-file.ts';
import type { Login } from './login.ts';
import { type SignedIn, sharedLogin, wrongLogin } from './login-words.ts';

export type ApiKeyInput = Omit<Extract<AccountCreate, { type: 'api-key' }>, 'type'>;
export type AuthJsonInput = Omit<Extract<AccountCreate, { type: 'auth-json' }>, 'type'>;
/** Which account a sign-in is for, and how a new one is to be called. */
export type SignInWish = Pick<SignInStart, 'accountId' | 'label'>;

/** One real call each. They reject with `invalid_value` where the secret is refused, else it could not be checked. */
export interface SecretChecks {
  apiKey(key: { readonly apiKey: string; readonly baseUrl: string | null }): Promise<readonly OfferedModel[]>;
  personalToken(token: string): Promise<Login>;
}

export interface EnrolmentPorts extends AccountWritePorts {
  readonly checks: SecretChecks;
}

interface Added {
  readonly account: Account;
  /** What the check of a key has shown of its models. */
  readonly models: readonly OfferedModel[] | null;
}

interface LoginWish {
  readonly label: string | undefined;
  readonly linkedFile: string | null;
}

/** How accounts come into the pool. One at a time, so that the same login added twice at once is still one account. */
export function createEnrolment(ports: EnrolmentPorts) {
  const { accounts, credentials, checks } = ports;
  const { add, renew } = createAccountWrites(ports);
  const inTurn = createTurns();

  const labelled = (given: string | undefined, fallback: string, existing: Account | null): string => {
    const label = cleanLabel(given ?? '');
    if (label === '' && existing !== null) return existing.label;
    const others = accounts.filter((account) => account !== existing);
    return freeLabel(label === '' ? cleanLabel(fallback) : label, others);
  };

  const addKey = async (apiKey: string, baseUrl: string | null, input: ApiKeyInput, by: Actor): Promise<Account> => {
    const alike = accounts.filter((account) => account.kind === 'openai' && account.baseUrl === baseUrl);
    const existing = await credentials.holder(apiKey, alike);
    const host = baseUrl === null ? null : new URL(baseUrl).host;
    const label = labelled(input.label, host ?? 'OpenAI API', existing);
    const how: HowItCame = { actor: by, what: 'added', detail: `Added as an API key of ${host ?? 'the OpenAI API'}.` };
    const { wire } = input;
    if (existing !== null) return renew(existing, { type: 'api-key', apiKey }, { label, wire }, how);
    return add({ type: 'api-key', apiKey }, { ...nobody, label, kind: 'openai', wire, baseUrl }, how);
  };

  /** The account that this login is already: by workspace and user, or by its secret where it says neither. */
  const accountOf = async (login: Login): Promise<Account | null> => {
    const alike = accounts.filter((account) => account.kind === login.kind && account.baseUrl === null);
    const same = alike.find((account) => isSameLogin(account, login)) ?? null;
    return same ?? (login.secret.type === 'chatgpt' ? null : credentials.holder(bearerOf(login.secret), alike));
  };

  const keepLogin = async (
    login: Login,
    existing: Account | null,
    { label: given, linkedFile }: LoginWish,
    how: HowItCame,
  ): Promise<SignedIn> => {
    const others = accounts.filter((account) => account !== existing);
    const identity = {
      label: labelled(given, loginLabel(login, others), existing),
      linkedFile,
      email: login.email ?? existing?.email ?? null,
      plan: login.plan ?? existing?.plan ?? null,
      upstreamAccountId: login.accountId ?? existing?.upstreamAccountId ?? null,
      upstreamUserId: login.userId ?? existing?.upstreamUserId ?? null,
    };
    if (existing === null) {
      const fields = { ...nobody, ...identity, kind: 'chatgpt', wire: 'responses', baseUrl: null } as const;
      return { account: await add(login.secret, fields, how), isNew: true, planBefore: null };
    }
    const planBefore = existing.plan;
    return { account: await renew(existing, login.secret, identity, how), isNew: false, planBefore };
  };

  const signIn = async (login: Login, { accountId, label }: SignInWish, by: Actor): Promise<SignedIn> => {
    const same = await accountOf(login);
    const again = accountId === undefined ? null : known(accountId);
    const isAnother = again !== null && again !== same && !(same === null && again.upstreamAccountId === null);
    if (isAnother) throw wrongLogin(again, login);
    const how: HowItCame = { actor: by, what: 'signed-in', detail: 'Signed in with ChatGPT.' };
    return keepLogin(login, again ?? same, { label, linkedFile: null }, how);
  };

  const importLogin = async (login: Login, input: AuthJsonInput, by: Actor): Promise<Account> => {
    const existing = await accountOf(login);
    const isLinked = input.path !== undefined && existing?.linkedFile === input.path;
    const isRefreshed = login.secret.type === 'chatgpt' && login.secret.refreshToken !== null;
    if (isRefreshed && !isLinked && !input.acceptShared) throw sharedLogin();
    const wish: LoginWish = { label: input.label, linkedFile: input.path ?? existing?.linkedFile ?? null };
    const how: HowItCame = { actor: by, what: 'imported', detail: `Imported from ${input.path ?? 'an auth.json'}.` };
    return (await keepLogin(login, existing, wish, how)).account;
  };

  const addPersonalToken = async (token: string, input: ApiKeyInput, by: Actor): Promise<Account> => {
    const login = await named({ ...unnamed, secret: { type: 'personal-token', token } }, input.unchecked);
    const how: HowItCame = { actor: by, what: 'added', detail: 'Added as a personal access token.' };
    return inTurn(async () => {
      const wish: LoginWish = { label: input.label, linkedFile: null };
      return (await keepLogin(login, await accountOf(login), wish, how)).account;
    });
  };

  /** A personal access token says nothing of itself; the service does, which also shows that it works. */
  const named = async (login: Login, unchecked: boolean | undefined): Promise<Login> => {
    const { secret } = login;
    if (secret.type !== 'personal-token' || unchecked) return login;
    return checked(() => checks.personalToken(secret.token));
  };

  const known = (id: string): Account => {
    const account = accounts.find((each) => each.id === id);
    if (account === undefined) throw new RelayError('not_found', { message: 'There is no such account.' });
    return account;
  };

  const addApiKey = async (input: ApiKeyInput, by: Actor): Promise<Added> => {
    const apiKey = input.apiKey.trim();
    if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new RelayError('invalid_value', { message: badKey, param: 'apiKey' });
    const baseUrl = input.baseUrl === undefined || input.baseUrl.trim() === '' ? null : checkBaseUrl(input.baseUrl);
    if (baseUrl === null && apiKey.startsWith(PERSONAL_PREFIX)) {
      return { account: await addPersonalToken(apiKey, input, by), models: null };
    }
    const models = input.unchecked ? null : await checked(() => checks.apiKey({ apiKey, baseUrl }));
    return { account: await inTurn(() => addKey(apiKey, baseUrl, input, by)), models };
  };

  return {
    accountOf,
    addApiKey,
    /** Rejects with `not_found`, or with `invalid_value` for what has no login. */
    checkSignInAgain(id: string): void {
      if (known(id).kind === 'chatgpt') return;
      const message =
        'This account is an API key and has no login. Add the new key instead: relay accounts add --api-key -';
      throw new RelayError('invalid_value', { message, param: 'accountId' });
    },
    /** A login of Relay's own. With `accountId`, one of another workspace or user overwrites nothing (FAULTS A-06). */
    signIn: (login: Login, wish: SignInWish, by: Actor): Promise<SignedIn> => inTurn(() => signIn(login, wish, by)),
    /** Takes an account out: after `first`, and back into its place where `rows` fails. Nothing comes in meanwhile. */
    withdraw: (account: Account, first: () => Promise<void>, rows: () => Promise<void>): Promise<void> =>
      inTurn(async () => {
        if (!accounts.includes(account)) return;
        await first();
        const at = accounts.indexOf(account);
        accounts.splice(at, 1);
        try {
          await rows();
        } catch (error) {
          accounts.splice(at, 0, account);
          throw error;
        }
      }),
    async importAuthJson(input: AuthJsonInput, by: Actor): Promise<Added> {
      const login = readAuthJson(input.content);
      const { label, unchecked } = input;
      if (login.secret.type === 'api-key') {
        return addApiKey({ apiKey: login.secret.apiKey, wire: 'responses', label, unchecked }, by);
      }
      const whole = await named(login, unchecked);
      return { account: await inTurn(() => importLogin(whole, input, by)), models: null };
    },
  };
}

/** What could not be asked about is not kept, unless the person says so. */
async function checked<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof RelayError) || error.code === 'invalid_value') throw error;
    throw new RelayError(error.code, {
      message: `${error.message} So it could not be checked and was not kept; to keep it all the same: --unchecked.`,
      param: 'unchecked',
      cause: error,
    });
  }
}

const nobody = {
  email: null,
  plan: null,
  upstreamAccountId: null,
  upstreamUserId: null,
  linkedFile: null,
  enabled: true,
};
const unnamed = { kind: 'chatgpt', accountId: null, userId: null, email: null, plan: null } as const;

const badKey = 'This API key holds characters that no key has. Copy it again.';
