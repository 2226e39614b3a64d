import type { Actor } from '../../src-shared/contract/audit.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Database, SqlStatement } from '../ledger/database.ts';
import type { LateWrites } from '../ledger/late-writes.ts';
import type { Account } from './account.ts';
import { eraseAccount, markRemoved } from './account-rows.ts';
import type { Audit } from './audit.ts';
import type { Credentials } from './credentials.ts';
import type { Issuer } from './issuer.ts';
import { requestRevocation } from './refresh-request.ts';

export interface RemovalPorts {
  /** Deleted before the last stop, while calls ran on them. */
  readonly leftovers: readonly Account[];
  readonly credentials: Credentials;
  readonly issuer: Issuer;
  /** Resolves when no refresh of this account runs. */
  readonly refreshed: (account: Account) => Promise<void>;
  /** Takes it out of the registry: after `first`, and back into its place where `rows` fails. */
  readonly withdraw: (account: Account, first: () => Promise<void>, rows: () => Promise<void>) => Promise<void>;
  readonly database: Database;
  readonly lateWrites: LateWrites;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly timers: Timers;
}

export interface Removal {
  /**
   * Ends a login of Relay's own at the sign-in service (best effort), erases its secret and its rows. A login that another
   * program uses too, linked to its file or just imported, is not ended: that would sign the other program out. Calls that
   * run on the account end first, with the credential they hold (FAULTS R-07): it is out of the registry at once, and the
   * rest follows. Rejects, and leaves the account as it was, where an idle one's secret cannot be erased.
   */
  remove(account: Account, by: Actor): Promise<void>;
  /** Those whose secrets are still there. */
  leaving(): readonly Account[];
  /** Goes on with what a stop left undone. */
  start(): void;
  /** Finishes what can be. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;
/** After a store that does not let go of a secret. */
const LOOK_AGAIN_MS = 60_000;

export function createRemoval(ports: RemovalPorts): Removal {
  const { credentials, issuer, refreshed, withdraw, database, lateWrites, audit, clock, timers } = ports;
  const leaving = new Set(ports.leftovers);
  let cancel: (() => void) | null = null;
  let finishing: Promise<boolean> | null = null;
  let isStopped = false;

  /** What became of the login itself, as the end of a sentence. */
  const endLogin = async (account: Account): Promise<string> => {
    await refreshed(account);
    const secret = await credentials.secretOf(account).catch(() => null);
    if (secret?.type !== 'chatgpt' || secret.refreshToken === null || secret.spent !== undefined) return '';
    if (account.linkedFile !== null || secret.shared === true) {
      return ' The login itself was not ended, because another program uses it too.';
    }
    const isEnded = await requestRevocation(issuer, secret.refreshToken);
    if (isEnded) return ' Its login was ended at the sign-in service.';
    return ' The sign-in service could not be told to end its login.';
  };

  const write = async (statements: readonly SqlStatement[]): Promise<void> => {
    await lateWrites.settled();
    await database.run(statements);
  };

  /** The secret goes first: a crash in between leaves an account that can be deleted again, and no secret without one. */
  const removeIdle = async (account: Account, by: Actor): Promise<void> => {
    let detail = 'Deleted, and its secret with it.';
    await withdraw(
      account,
      async () => {
        detail += await endLogin(account);
        await credentials.erase(account);
      },
      () => write([...eraseAccount(account.id), ...audit.statements({ actor: by, what: 'deleted', account, detail })]),
    );
  };

  const removeBusy = async (account: Account, by: Actor): Promise<void> => {
    const detail = 'Deleted. Its secret follows when the calls that run on it have ended.';
    await withdraw(
      account,
      async () => undefined,
      () =>
        write([
          markRemoved(account.id, clock.now()),
          ...audit.statements({ actor: by, what: 'deleted', account, detail }),
        ]),
    );
    leaving.add(account);
    arm(LOOK_EVERY_MS);
  };

  /** False where a secret could not be erased yet. */
  const finish = async (): Promise<boolean> => {
    let isDone = true;
    for (const account of leaving) {
      if (account.inFlight > 0) continue;
      try {
        await endLogin(account);
        await credentials.erase(account);
        await write(eraseAccount(account.id));
        leaving.delete(account);
      } catch {
        isDone = false;
      }
    }
    return isDone;
  };
  const finishOnce = (): Promise<boolean> => {
    finishing ??= finish().finally(() => {
      finishing = null;
    });
    return finishing;
  };

  const arm = (delayMs: number): void => {
    if (leaving.size === 0 || isStopped) return;
    cancel ??= timers.set(delayMs, async () => {
      cancel = null;
      arm((await finishOnce()) ? LOOK_EVERY_MS : LOOK_AGAIN_MS);
    });
  };

  return {
    remove: (account, by) => (account.inFlight > 0 ? removeBusy(account, by) : removeIdle(account, by)),
    leaving: () => [...leaving],
    start: () => arm(LOOK_EVERY_MS),
    async stop() {
      isStopped = true;
      cancel?.();
      await finishOnce();
    },
  };
}
