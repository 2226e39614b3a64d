import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Database } from '../ledger/database.ts';
import type { Account } from './account.ts';
import { type AccountChange, insertAccount, undecided, unstored, updateAccount } from './account-rows.ts';
import type { AccountSecret } from './account-secret.ts';
import type { Audit, AuditNote } from './audit.ts';
import type { Credentials } from './credentials.ts';

export interface AccountWritePorts {
  /** Grown in place. */
  readonly accounts: Account[];
  readonly credentials: Credentials;
  readonly database: Database;
  readonly audit: Pick<Audit, 'statements'>;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
}

/** What the audit says of an account that came. */
export type HowItCame = Omit<AuditNote, 'account'>;

export type NewAccount = Omit<
  Account,
  'id' | 'createdAt' | 'models' | 'modelsReadAt' | keyof ReturnType<typeof unstored> | keyof typeof undecided
>;

/** Accounts that come, and accounts that are brought up to date: the secret, the row and the audit. */
export function createAccountWrites(ports: AccountWritePorts) {
  const { accounts, credentials, database, audit, clock, randomBytes } = ports;
  return {
    /** The secret first: a row without one would look like a login that was lost. */
    async add(secret: AccountSecret, fields: NewAccount, how: HowItCame): Promise<Account> {
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
    },
    async renew(existing: Account, secret: AccountSecret, change: AccountChange, how: HowItCame): Promise<Account> {
      const account = { ...existing, ...change };
      await credentials.keep(account, secret);
      const detail = `${how.detail} It was there already and was brought up to date.`;
      await database.run([
        updateAccount(existing.id, { ...change, needsSignIn: null }),
        ...audit.statements({ ...how, account, detail }),
        ...(existing.plan === null || existing.plan === account.plan
          ? []
          : audit.statements({
              actor: 'automatic',
              what: 'plan-changed',
              account,
              detail: `The plan is ${account.plan} now; it was ${existing.plan}.`,
            })),
      ]);
      return Object.assign(existing, change, { needsSignIn: null, keyringLocked: null, login: account.login });
    },
  };
}

const newId = (randomBytes: (size: number) => Buffer): string => `acc_${randomBytes(8).toString('hex')}`;
