import type { BudgetView } from '../../src-shared/contract/budget.ts';
import type { KeyUseView, KeyView } from '../../src-shared/contract/key.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { SocketRoom } from '../config/open-files.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Database } from '../ledger/database.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import { createKeyGate, type KeyGate } from './key-gate.ts';
import { createKeyLimits, type KeyUse } from './key-limits.ts';
import { createKeys, type Keys } from './keys.ts';
import { pastCalls } from './past-calls.ts';
import { remaining } from './token-bucket.ts';

export interface KeyRoomPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly randomBytes: (size: number) => Buffer;
  readonly settings: SettingsStore;
  /** IANA name of the person's time zone. */
  readonly timeZone: () => string;
  /** What fits into the files that may be open; `null` for no limit. */
  readonly room: SocketRoom | null;
  /** Resolves when every call that has ended by now is in the database. */
  readonly written: () => Promise<void>;
  readonly onMark: (budget: BudgetView, mark: number) => void;
}

export interface KeyRoom {
  readonly keys: Keys;
  readonly budgets: Budgets;
  readonly gate: KeyGate;
  /** How much of its limits every key uses now that has some and can be used. */
  readonly use: () => Record<string, KeyUseView>;
}

/** Keys, their budgets, and the gate that every call of theirs goes through. */
export async function createKeyRoom(ports: KeyRoomPorts): Promise<KeyRoom> {
  const { database, clock, timers, randomBytes, settings, timeZone, room, written, onMark } = ports;
  const queueMs = () => settings.get('limits.queueMs');
  const places = () => Math.min(settings.get('limits.concurrentCalls'), room?.calls ?? Number.POSITIVE_INFINITY);
  const [keys, budgets, past] = await Promise.all([
    createKeys({ database, clock, randomBytes }),
    createBudgets({ database, clock, randomBytes, timeZone, written, onMark }),
    pastCalls(database, clock.now()),
  ]);
  const limits = createKeyLimits({ clock, timers, queueMs, past });
  const use = (): Record<string, KeyUseView> =>
    Object.fromEntries(
      keys.list().flatMap((key) => (isLimited(key) ? [[key.id, viewOf(limits.use(key.id, key))] as const] : [])),
    );
  return { keys, budgets, gate: createKeyGate({ limits, budgets, timers, places, queueMs }), use };
}

const isLimited = (key: KeyView): boolean =>
  key.revokedAt === null &&
  (key.requestsPerMinute !== null || key.tokensPerMinute !== null || key.concurrency !== null);

const viewOf = ({ inFlight, waiting, requests, tokens }: KeyUse): KeyUseView => ({
  inFlight,
  waiting,
  requests: requests === null ? null : { limit: requests.capacity, left: remaining(requests) },
  tokens: tokens === null ? null : { limit: tokens.capacity, left: remaining(tokens) },
});
