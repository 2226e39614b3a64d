import type { AccountMove, AccountPatch, AccountPause, AccountView } from '../../src-shared/contract/account.ts';
import type { Actor, AuditWhat } from '../../src-shared/contract/audit.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import type { Database, SqlStatement } from '../ledger/database.ts';
import type { LateWrites } from '../ledger/late-writes.ts';
import { type Account, PLAN_FAMILY, type Rest } from './account.ts';
import { type AccountChange, eraseRest, saveRest, updateAccount } from './account-rows.ts';
import type { Audit } from './audit.ts';
import { changesInWords } from './change-words.ts';
import { restInWords } from './health.ts';
import { cleanLabel, freeLabel } from './label.ts';
import { orderedBy, orderWithMoved } from './order.ts';
import { nextReset } from './quota-bounds.ts';

export interface ControlPorts {
  /** In the person's order; sorted in place. */
  readonly accounts: Account[];
  /** Throws `not_found`. */
  readonly known: (id: string) => Account;
  readonly shown: (account: Account) => AccountView;
  readonly database: Database;
  readonly lateWrites: LateWrites;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly changed: () => void;
}

/**
 * What a person decides about an account. Durable together with its audit entry when it resolves, and in force for the next
 * call. What changes nothing leaves no entry. Rejects with `not_found` where there is no such account.
 */
export interface Control {
  /** Calls that run on it end normally. */
  setEnabled(id: string, enabled: boolean): Promise<AccountView>;
  pause(id: string, end: AccountPause): Promise<AccountView>;
  resume(id: string): Promise<AccountView>;
  /** Sends all calls here that it can serve; any other account is unpinned. */
  pin(id: string, forMs: number): Promise<AccountView>;
  unpin(id: string): Promise<AccountView>;
  /** As if the plan's limit were reached: until the account's next reset, whatever its upstream answers meanwhile. */
  restUntilReset(id: string): Promise<AccountView>;
  /** Ends every rest, and asks again for the models that were refused. */
  wake(id: string): Promise<AccountView>;
  edit(id: string, patch: AccountPatch): Promise<AccountView>;
  /** Accounts that are not named follow in the order they had. */
  order(ids: readonly string[]): Promise<AccountView[]>;
  move(id: string, place: AccountMove): Promise<AccountView[]>;
}

export function createControl(ports: ControlPorts): (by: Actor) => Control {
  const { accounts, known, shown, database, lateWrites, audit, clock, inTurn, changed } = ports;

  /** What was learned before goes first, or it would be written over what the person decides now. */
  const write = async (statements: readonly SqlStatement[]): Promise<void> => {
    await lateWrites.settled();
    await database.run(statements);
  };

  const ofActor = (by: Actor): Control => {
    const noted = (account: Account | null, what: AuditWhat, detail: string): readonly SqlStatement[] =>
      audit.statements({ actor: by, what, account, detail });

    /** One account's change with its entry; held in memory only once it is on disk. */
    const change = async (account: Account, edit: AccountChange, what: AuditWhat, detail: string) => {
      await write([updateAccount(account.id, edit), ...noted({ ...account, ...edit }, what, detail)]);
      Object.assign(account, edit);
      changed();
      return shown(account);
    };
    const on = <T>(id: string, work: (account: Account) => Promise<T>): Promise<T> => inTurn(() => work(known(id)));

    const arrange = async (wanted: readonly Account[], subject: Account | null, detail: string) => {
      const positions = new Map(wanted.map((account, index) => [account, index + 1]));
      const moved = [...positions].filter(([account, position]) => account.position !== position);
      if (moved.length > 0) {
        const updates = moved.map(([{ id }, position]) => updateAccount(id, { position }));
        await write([...updates, ...noted(subject, 'ordered', detail)]);
        for (const [account, position] of moved) account.position = position;
        accounts.sort((a, b) => a.position - b.position);
        changed();
      }
      return accounts.map(shown);
    };

    return {
      setEnabled: (id, enabled) =>
        on(id, async (account) => {
          if (account.enabled === enabled) return shown(account);
          const detail = enabled ? 'Switched on.' : 'Switched off; calls that run on it end normally.';
          return change(account, { enabled }, enabled ? 'enabled' : 'disabled', detail);
        }),
      pause: (id, { forMs, untilReset }) =>
        on(id, async (account) => {
          const now = clock.now();
          const until = untilReset ? resetOf(account, now) : forMs === undefined ? null : now + forMs;
          if (account.pause !== null && account.pause.until === until) return shown(account);
          const end = until === null ? 'it is resumed' : formatClockTime(until, now);
          return change(account, { pause: { until } }, 'paused', `Paused until ${end}.`);
        }),
      resume: (id) =>
        on(id, async (account) => {
          if (account.pause === null) return shown(account);
          return change(account, { pause: null }, 'resumed', 'Resumed.');
        }),
      pin: (id, forMs) =>
        on(id, async (account) => {
          const now = clock.now();
          const pinnedUntil = now + forMs;
          const others = accounts.filter((each) => each !== account && each.pinnedUntil !== null);
          await write([
            updateAccount(id, { pinnedUntil }),
            ...noted(account, 'pinned', `All calls go here until ${formatClockTime(pinnedUntil, now)}.`),
            ...others.flatMap((other) => [
              updateAccount(other.id, { pinnedUntil: null }),
              ...noted(other, 'unpinned', `Unpinned, because ${account.label} was pinned.`),
            ]),
          ]);
          for (const other of others) other.pinnedUntil = null;
          account.pinnedUntil = pinnedUntil;
          changed();
          return shown(account);
        }),
      unpin: (id) =>
        on(id, async (account) => {
          if (account.pinnedUntil === null) return shown(account);
          return change(account, { pinnedUntil: null }, 'unpinned', 'Unpinned.');
        }),
      restUntilReset: (id) =>
        on(id, async (account) => {
          const now = clock.now();
          const known = account.rests.get(PLAN_FAMILY);
          const until = Math.max(resetOf(account, now), known?.until ?? 0);
          if (known?.byPerson && known.until === until) return shown(account);
          const rest: Rest = { until, reason: 'You asked for it.', byPerson: true, since: now };
          const detail = `Resting until ${formatClockTime(until, now)}.`;
          await write([saveRest(id, PLAN_FAMILY, rest), ...noted(account, 'rest-begun', detail)]);
          // What an upstream said while this was written is newer, and in the database after this.
          if ((account.rests.get(PLAN_FAMILY)?.until ?? 0) <= until) account.rests.set(PLAN_FAMILY, rest);
          changed();
          return shown(account);
        }),
      wake: (id) =>
        on(id, async (account) => {
          const rests = [...account.rests];
          const refused = [...account.unsupported.keys()];
          if (rests.length === 0 && refused.length === 0) return shown(account);
          const now = clock.now();
          const ended = rests.map(([family, rest]) => restInWords(account, family, rest, now));
          const asked = refused.length === 0 ? [] : [`Refused models: ${refused.join(', ')}.`];
          const detail = ['Tried again now.', ...ended, ...asked].join(' ');
          await write([...rests.map(([family]) => eraseRest(id, family)), ...noted(account, 'rest-ended', detail)]);
          for (const [family, rest] of rests) if (account.rests.get(family) === rest) account.rests.delete(family);
          for (const model of refused) account.unsupported.delete(model);
          changed();
          return shown(account);
        }),
      edit: (id, patch) =>
        on(id, async (account) => {
          const others = accounts.filter((each) => each !== account);
          const edit: AccountChange = {
            ...(patch.label === undefined ? {} : { label: labelOf(patch.label, others) }),
            ...(patch.color === undefined ? {} : { color: patch.color }),
            ...(patch.policy === undefined ? {} : { policy: patch.policy }),
            ...(patch.maxConcurrency === undefined ? {} : { maxConcurrency: patch.maxConcurrency }),
          };
          const detail = changesInWords(account, edit);
          return detail === null ? shown(account) : change(account, edit, 'changed', detail);
        }),
      order: (ids) =>
        inTurn(async () => {
          const wanted = orderedBy(accounts, ids.map(known));
          return arrange(wanted, null, `The order is now: ${wanted.map(({ label }) => label).join(', ')}.`);
        }),
      move: (id, { before, after }) =>
        on(id, async (account) => {
          const target = known(before ?? after ?? '');
          const wanted = orderWithMoved(accounts, account, target, before === undefined ? 'after' : 'before');
          return arrange(wanted, account, `Moved ${before === undefined ? 'behind' : 'before'} ${target.label}.`);
        }),
    };
  };
  return ofActor;
}

function labelOf(label: string, others: readonly Account[]): string {
  const clean = cleanLabel(label);
  if (clean !== '') return freeLabel(clean, others);
  throw new RelayError('invalid_value', { message: 'A label needs a character that can be seen.', param: 'label' });
}

function resetOf(account: Account, now: number): number {
  const at = nextReset(account.windows.values(), now);
  if (at !== null) return at;
  throw new RelayError('invalid_value', {
    message: `No reset of ${account.label} is known. Pause it for a time instead.`,
    param: 'untilReset',
  });
}
