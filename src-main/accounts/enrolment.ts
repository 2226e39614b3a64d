import { createHash } from 'node:crypto';
import type { AccountCreate } from '../../src-shared/contract/account.ts';
import type { Actor } from '../../src-shared/contract/audit.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Database } from '../ledger/database.ts';
import { createTurns } from '../secrets/turns.ts';
import type { Account } from './account.ts';
import { type AccountChange, insertAccount, undecided, unstored, updateAccount } from './account-rows.ts';
import { type AccountSecret, bearerOf } from './account-secret.ts';
import type { Audit, AuditNote } from './audit.ts';
import { readAuthJson } from './auth-json.ts';
import { checkBaseUrl } from './base-url.ts';
import type { Credentials } from './credentials.ts';
import { cleanLabel, freeLabel } from './label.ts';
import { isSameLogin } from './linked-file.ts';
import type { Login } from './login.ts';

export type ApiKeyInput = Omit<Extract<AccountCreate, { type: 'api-key' }>, 'type'>;
export type AuthJsonInput = Omit<Extract<AccountCreate, { type: 'auth-json' }>, 'type'>;

export interface EnrolmentPorts {
  /** Grown in place. */
  readonly accounts: Account[];
  readonly credentials: Credentials;
  readonly database: Database;
  readonly audit: Pick<Audit, 'statements'>;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
}

/** What the audit says of an account that came. */
type HowItCame = Omit<AuditNote, 'account'>;

type NewAccount = Omit<
  Account,
  'id' | 'createdAt' | 'models' | 'modelsReadAt' | keyof ReturnType<typeof unstored> | keyof typeof undecided
>;

/** How accounts come into the pool. One at a time, so that the same login added twice at once is still one account. */
export function createEnrolment({ accounts, credentials, database, audit, clock, randomBytes }: EnrolmentPorts) {
  const inTurn = createTurns();

  const labelled = (given: string | undefined, fallback: string, existing: Account | null): string => {
    const label = cleanLabel(given ?? '');
    if (label === '' && existing !== null) return existing.label;
    const others = accounts.filter((account) => account !== existing);
    return freeLabel(label === '' ? cleanLabel(fallback) : label, others);
  };

  /** The secret first: a row without one would look like a login that was lost. */
  const add = async (secret: AccountSecret, fields: NewAccount, how: HowItCame): Promise<Account> => {
    const position = Math.max(0, ...accounts.map((account) => account.position)) + 1;
    const account = {
      id: newId(randomBytes),
      createdAt: clock.now(),
      models: null,
      modelsReadAt: null,
      ...unstored(),
      ...undecided,
      ...fields,
      position,
    };
    await credentials.keep(account, secret);
    await database.run([insertAccount(account), ...audit.statements({ ...how, account })]);
    accounts.push(account);
    return account;
  };

  const renew = async (
    existing: Account,
    secret: AccountSecret,
    change: AccountChange,
    how: HowItCame,
  ): Promise<Account> => {
    const account = { ...existing, ...change };
    await credentials.keep(account, secret);
    const detail = `${how.detail} It was there already and was brought up to date.`;
    await database.run([
      updateAccount(existing.id, { ...change, needsSignIn: null }),
      ...audit.statements({ ...how, account, detail }),
    ]);
    return Object.assign(existing, change, { needsSignIn: null, keyringLocked: null, login: account.login });
  };

  const addKey = async (input: ApiKeyInput, by: Actor): Promise<Account> => {
    const apiKey = input.apiKey.trim();
    if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new RelayError('invalid_value', { message: badKey, param: 'apiKey' });
    const baseUrl = input.baseUrl === undefined || input.baseUrl.trim() === '' ? null : checkBaseUrl(input.baseUrl);
    const secret: AccountSecret = { type: 'api-key', apiKey };
    const alike = accounts.filter((account) => account.kind === 'openai' && account.baseUrl === baseUrl);
    const existing = await credentials.holder(apiKey, alike);
    const label = labelled(input.label, baseUrl === null ? 'OpenAI API' : new URL(baseUrl).host, existing);
    const service = baseUrl === null ? 'the OpenAI API' : new URL(baseUrl).host;
    const how: HowItCame = { actor: by, what: 'added', detail: `Added as an API key of ${service}.` };
    if (existing !== null) return renew(existing, secret, { label, wire: input.wire }, how);
    const fields: NewAccount = {
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
    };
    return add(secret, fields, how);
  };

  const addLogin = async (login: Login, input: AuthJsonInput, by: Actor): Promise<Account> => {
    const logins = accounts.filter((account) => account.kind === 'chatgpt');
    const existing =
      login.secret.type === 'chatgpt'
        ? (logins.find((account) => isSameLogin(account, login)) ?? null)
        : await credentials.holder(bearerOf(login.secret), logins);
    const label = labelled(input.label, login.email ?? nameOf(login), existing);
    const linkedFile = input.path ?? existing?.linkedFile ?? null;
    const how: HowItCame = { actor: by, what: 'imported', detail: `Imported from ${input.path ?? 'an auth.json'}.` };
    if (existing !== null) {
      const change: AccountChange = {
        label,
        linkedFile,
        email: login.email ?? existing.email,
        plan: login.plan ?? existing.plan,
        upstreamAccountId: login.accountId ?? existing.upstreamAccountId,
        upstreamUserId: login.userId ?? existing.upstreamUserId,
      };
      return renew(existing, login.secret, change, how);
    }
    const fields: NewAccount = {
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
    };
    return add(login.secret, fields, how);
  };

  return {
    addApiKey: (input: ApiKeyInput, by: Actor): Promise<Account> => inTurn(() => addKey(input, by)),
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
    importAuthJson: (input: AuthJsonInput, by: Actor): Promise<Account> =>
      inTurn(async () => {
        const login = readAuthJson(input.content);
        if (login.secret.type !== 'api-key') return addLogin(login, input, by);
        const { label } = input;
        return addKey(
          { apiKey: login.secret.apiKey, wire: 'responses', ...(label === undefined ? {} : { label }) },
          by,
        );
      }),
  };
}

const newId = (randomBytes: (size: number) => Buffer): string => `acc_${randomBytes(8).toString('hex')}`;

/** A login that says no mail gets a name that is not its secret. */
const nameOf = (login: Login): string =>
  `ChatGPT ${createHash('sha256').update(bearerOf(login.secret)).digest('hex').slice(0, 4)}`;

const badKey = 'This API key holds characters that no key has. Copy it again.';
