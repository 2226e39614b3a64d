import { createHash } from 'node:crypto';
import type { AccountCreate } from '../../src-shared/contract/account.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Database } from '../ledger/database.ts';
import { createTurns } from '../secrets/turns.ts';
import type { Account } from './account.ts';
import { type AccountChange, insertAccount, undecided, unstored, updateAccount } from './account-rows.ts';
import { type AccountSecret, bearerOf } from './account-secret.ts';
import { readAuthJson } from './auth-json.ts';
import { checkBaseUrl } from './base-url.ts';
import { type Credentials, isSameLogin } from './credentials.ts';
import { cleanLabel, freeLabel } from './label.ts';
import type { Login } from './login.ts';

export type ApiKeyInput = Omit<Extract<AccountCreate, { type: 'api-key' }>, 'type'>;
export type AuthJsonInput = Omit<Extract<AccountCreate, { type: 'auth-json' }>, 'type'>;

export interface EnrolmentPorts {
  /** Grown in place. */
  readonly accounts: Account[];
  readonly credentials: Credentials;
  readonly database: Database;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
}

type NewAccount = Omit<
  Account,
  'id' | 'createdAt' | 'models' | keyof ReturnType<typeof unstored> | keyof typeof undecided
>;

/** How accounts come into the pool. One at a time, so that the same login added twice at once is still one account. */
export function createEnrolment({ accounts, credentials, database, clock, randomBytes }: EnrolmentPorts) {
  const inTurn = createTurns();

  const labelled = (given: string | undefined, fallback: string, existing: Account | null): string => {
    const label = cleanLabel(given ?? '');
    if (label === '' && existing !== null) return existing.label;
    const others = accounts.filter((account) => account !== existing);
    return freeLabel(label === '' ? cleanLabel(fallback) : label, others);
  };

  /** The secret first: a row without one would look like a login that was lost. */
  const add = async (secret: AccountSecret, fields: NewAccount): Promise<Account> => {
    const position = Math.max(0, ...accounts.map((account) => account.position)) + 1;
    const account = {
      id: newId(randomBytes),
      createdAt: clock.now(),
      models: null,
      ...unstored(),
      ...undecided,
      ...fields,
      position,
    };
    await credentials.keep(account, secret);
    await database.run([insertAccount(account)]);
    accounts.push(account);
    return account;
  };

  const renew = async (existing: Account, secret: AccountSecret, change: AccountChange): Promise<Account> => {
    await credentials.keep({ ...existing, ...change }, secret);
    await database.run([updateAccount(existing.id, { ...change, needsSignIn: null })]);
    return Object.assign(existing, change, { needsSignIn: null, keyringLocked: null });
  };

  const addKey = async (input: ApiKeyInput): Promise<Account> => {
    const apiKey = input.apiKey.trim();
    if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new RelayError('invalid_value', { message: badKey, param: 'apiKey' });
    const baseUrl = input.baseUrl === undefined || input.baseUrl.trim() === '' ? null : checkBaseUrl(input.baseUrl);
    const secret: AccountSecret = { type: 'api-key', apiKey };
    const alike = accounts.filter((account) => account.kind === 'openai' && account.baseUrl === baseUrl);
    const existing = await credentials.holder(apiKey, alike);
    const label = labelled(input.label, baseUrl === null ? 'OpenAI API' : new URL(baseUrl).host, existing);
    if (existing !== null) return renew(existing, secret, { label, wire: input.wire });
    return add(secret, {
      label,
      kind: 'openai',
      wire: input.wire,
      baseUrl,
      email: null,
      plan: null,
      upstreamAccountId: null,
      upstreamUserId: null,
      linkedFile: null,
      enabled: true,
    });
  };

  const addLogin = async (login: Login, input: AuthJsonInput): Promise<Account> => {
    const logins = accounts.filter((account) => account.kind === 'chatgpt');
    const existing =
      login.secret.type === 'chatgpt'
        ? (logins.find((account) => isSameLogin(account, login)) ?? null)
        : await credentials.holder(bearerOf(login.secret), logins);
    const label = labelled(input.label, login.email ?? nameOf(login), existing);
    const linkedFile = input.path ?? existing?.linkedFile ?? null;
    if (existing !== null) {
      return renew(existing, login.secret, {
        label,
        linkedFile,
        email: login.email ?? existing.email,
        plan: login.plan ?? existing.plan,
        upstreamAccountId: login.accountId ?? existing.upstreamAccountId,
        upstreamUserId: login.userId ?? existing.upstreamUserId,
      });
    }
    return add(login.secret, {
      label,
      kind: 'chatgpt',
      wire: 'responses',
      baseUrl: null,
      email: login.email,
      plan: login.plan,
      upstreamAccountId: login.accountId,
      upstreamUserId: login.userId,
      linkedFile,
      enabled: true,
    });
  };

  return {
    addApiKey: (input: ApiKeyInput): Promise<Account> => inTurn(() => addKey(input)),
    /**
     * The secret goes first: a crash in between leaves an account that can be removed again, and no secret without one.
     * Where the rows cannot be erased the account stays in its place.
     */
    remove: (account: Account, eraseRows: () => Promise<void>): Promise<void> =>
      inTurn(async () => {
        const at = accounts.indexOf(account);
        if (at < 0) return;
        await credentials.erase(account);
        accounts.splice(at, 1);
        try {
          await eraseRows();
        } catch (error) {
          accounts.splice(at, 0, account);
          throw error;
        }
      }),
    importAuthJson: (input: AuthJsonInput): Promise<Account> =>
      inTurn(async () => {
        const login = readAuthJson(input.content);
        if (login.secret.type !== 'api-key') return addLogin(login, input);
        const { label } = input;
        return addKey({ apiKey: login.secret.apiKey, wire: 'responses', ...(label === undefined ? {} : { label }) });
      }),
  };
}

const newId = (randomBytes: (size: number) => Buffer): string => `acc_${randomBytes(8).toString('hex')}`;

/** A login that says no mail gets a name that is not its secret. */
const nameOf = (login: Login): string =>
  `ChatGPT ${createHash('sha256').update(bearerOf(login.secret)).digest('hex').slice(0, 4)}`;

const badKey = 'This API key holds characters that no key has. Copy it again.';
