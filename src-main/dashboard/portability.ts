import type { Actor } from '../../src-shared/contract/audit.ts';
import type { CallExport } from '../../src-shared/contract/call-export.ts';
import { type ImportPlan, type Portable, portableSchema } from '../../src-shared/contract/portable.ts';
import { type SettingName, settingsSchema } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Budgets } from '../keys/budgets.ts';
import type { Keys } from '../keys/keys.ts';
import type { BackupMade } from '../ledger/backup.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readDecisions } from './call-decisions.ts';
import { exportCall } from './call-export.ts';
import type { KnownName } from './pseudonyms.ts';

export interface PortabilityPorts {
  readonly settings: Pick<SettingsStore, 'all' | 'stage'>;
  readonly accounts: Pick<Accounts, 'views' | 'portable' | 'stage'>;
  readonly keys: Pick<Keys, 'list' | 'portable' | 'stage'>;
  readonly budgets: Pick<Budgets, 'list' | 'stage'>;
  readonly ledger: Pick<Ledger, 'call' | 'decisions' | 'bodies' | 'database' | 'backUp'>;
  readonly clock: Clock;
  readonly version: string;
  /** Where a backup may stand for as long as it is sent. */
  readonly folder: string;
}

/** What leaves the house, and what comes back in. */
export interface Portability {
  readonly folder: string;
  exportSettings(): Portable;
  /** All of it or nothing; a plan alone changes nothing. Rejects with `invalid_value` or `storage_error`. */
  importSettings(file: unknown, options: { readonly dryRun: boolean; readonly by: Actor }): Promise<ImportPlan>;
  /** Rejects with `not_found`. */
  exportCall(id: string, withBodies: boolean): Promise<CallExport>;
  /** A copy of the database at `path`, which must not be there yet. */
  backUp(path: string): Promise<BackupMade>;
}

/** Of this machine: its secret store and its folders. */
const stays: readonly SettingName[] = ['secrets.store', 'accounts.codexHomes'];

export function createPortability(ports: PortabilityPorts): Portability {
  const { settings, accounts, keys, budgets, ledger, clock, version } = ports;
  let importing = Promise.resolve();

  const labelOf = (account: string): string => accounts.views().find(({ id }) => id === account)?.label ?? account;

  async function takeIn(file: unknown, dryRun: boolean, by: Actor): Promise<ImportPlan> {
    const given = readPortable(file);
    const stagedSettings = settings.stage(given.settings);
    const stagedAccounts = await accounts.stage(given.accounts, by);
    const stagedKeys = keys.stage(given.keys);
    const stagedBudgets = budgets.stage(
      given.budgets.map((budget) =>
        budget.scope === 'key' ? { ...budget, subject: stagedKeys.idOf(budget.subject) } : budget,
      ),
    );
    const all = [stagedSettings, stagedAccounts, stagedKeys, stagedBudgets];
    if (!dryRun) {
      const statements = all.flatMap((staged) => staged.statements);
      if (statements.length > 0) await ledger.database.run(statements);
      for (const staged of all) await staged.apply();
    }
    const { added, changed } = stagedKeys;
    return {
      done: !dryRun,
      settings: stagedSettings.names,
      accounts: { changed: [...stagedAccounts.changed], missing: [...stagedAccounts.missing] },
      keys: { added: [...added], changed: [...changed] },
      budgets: { added: stagedBudgets.added, changed: stagedBudgets.changed },
    };
  }

  return {
    folder: ports.folder,
    exportSettings() {
      const defaults = settingsSchema.parse({});
      const own = Object.entries(settings.all()).filter(
        ([name, value]) =>
          !stays.includes(name as SettingName) &&
          JSON.stringify(value) !== JSON.stringify(defaults[name as SettingName]),
      );
      return portableSchema.parse({
        format: 'relay-settings',
        version: 1,
        exportedAt: clock.now(),
        relay: version,
        settings: Object.fromEntries(own),
        accounts: accounts.portable(),
        keys: keys.portable().map((key) => ({ ...key, accounts: key.accounts?.map(labelOf) ?? null })),
        budgets: budgets.list().map(({ scope, subject, unit, period, limit, marks }) => ({
          ...{ scope, subject, unit, period, limit, marks },
        })),
      });
    },
    importSettings(file, { dryRun, by }) {
      const done = importing.then(() => takeIn(file, dryRun, by));
      importing = done.then(
        () => undefined,
        () => undefined,
      );
      return done;
    },
    async exportCall(id, withBodies) {
      const call = await ledger.call(id);
      if (call === null) throw new RelayError('not_found', { message: 'There is no call with this id in the log.' });
      return exportCall({
        relay: { version, node: process.version, platform: `${process.platform} ${process.arch}` },
        call,
        decisions: readDecisions(await ledger.decisions(id)),
        kept: await ledger.bodies(id),
        withBodies,
        names: namesOf(ports),
      });
    },
    backUp: ledger.backUp,
  };
}

function namesOf({ accounts, keys }: PortabilityPorts): KnownName[] {
  return [
    ...accounts.views().flatMap((account): KnownName[] => [
      { kind: 'account', words: [account.label, account.id] },
      { kind: 'mail', words: [account.email] },
      { kind: 'id', words: [account.upstreamAccountId] },
      { kind: 'id', words: [account.upstreamUserId] },
      { kind: 'path', words: [account.linkedFile] },
      { kind: 'host', words: [account.baseUrl === null ? null : new URL(account.baseUrl).hostname] },
    ]),
    ...keys.list().flatMap(({ id, name, prefix, project, member }): KnownName[] => [
      { kind: 'key', words: [name, id, prefix] },
      { kind: 'project', words: [project] },
      { kind: 'member', words: [member] },
    ]),
  ];
}

/** Each refusal is one sentence: somebody else's file, one of a newer Relay, or what is wrong in it. */
function readPortable(file: unknown): Portable {
  const head = typeof file === 'object' && file !== null ? (file as Record<string, unknown>) : {};
  if (head['format'] !== 'relay-settings') {
    throw new RelayError('invalid_value', { message: 'This is no file of relay export, so nothing was imported.' });
  }
  if (typeof head['version'] === 'number' && head['version'] > 1) {
    throw new RelayError('invalid_value', {
      message: 'This file was made by a newer version of Relay. Update Relay, then import it; nothing was changed.',
    });
  }
  const read = portableSchema.safeParse(file);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'The file' : `${issue.path.join('.')} in the file`;
  throw new RelayError('invalid_value', {
    message: `${where} cannot be used: ${issue?.message ?? 'it is damaged'}. Nothing was imported.`,
  });
}
