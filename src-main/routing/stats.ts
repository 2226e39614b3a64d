import type { Clock } from '../../src-shared/domain/clock.ts';

/** How an account did lately with a model. Counts fade, so they are no whole numbers. */
export interface Recent {
  /** Attempts that answered, and all that say something about the account. */
  readonly served: number;
  readonly tried: number;
  /** Mean time to the first output; `null` where none was measured lately. */
  readonly ttftMs: number | null;
}

export interface RoutingStats {
  /** An attempt begins there. */
  chosen(accountId: string): void;
  served(accountId: string, model: string, ttftMs: number | null): void;
  failed(accountId: string, model: string): void;
  /** Whether the last attempt there failed. */
  isFailing(accountId: string, model: string): boolean;
  /** `null` without recent calls. The answer holds until the next call of any method. */
  recent(accountId: string, model: string): Recent | null;
  /** Choices since this account was chosen last, 0 for the latest; `null` where it was not yet. */
  turnsSince(accountId: string): number | null;
  /** Everything that is remembered, for people. */
  all(): { readonly accountId: string; readonly model: string; readonly recent: Recent }[];
}

/** After this long a call counts half: an account that failed is tried again soon, and a slow hour is forgotten in the next. */
const HALF_LIFE_MS = 600_000;
/** What counts for less than this is forgotten. */
const FORGOTTEN = 0.05;
const MAX_MODELS = 100;
const MAX_ACCOUNTS = 1_000;

interface Entry {
  failing: boolean;
  served: number;
  tried: number;
  ttftMs: number | null;
  ttftSum: number;
  ttftCount: number;
  at: number;
}

/** Decaying averages for each account and model, in memory only: what happened before a restart says little after it. */
export function createStats(clock: Clock): RoutingStats {
  const models = new Map<string, Map<string, Entry>>();
  const turns = new Map<string, number>();
  let turn = 0;

  const entryOf = (accountId: string, model: string): Entry => {
    const accounts = models.get(model) ?? new Map<string, Entry>();
    keep(models, model, accounts, MAX_MODELS);
    const entry = accounts.get(accountId) ?? {
      failing: false,
      served: 0,
      tried: 0,
      ttftMs: null,
      ttftSum: 0,
      ttftCount: 0,
      at: clock.monotonic(),
    };
    keep(accounts, accountId, entry, MAX_ACCOUNTS);
    fade(entry, clock.monotonic());
    return entry;
  };

  const recent = (accountId: string, model: string): Recent | null => {
    const entry = models.get(model)?.get(accountId);
    if (entry === undefined) return null;
    fade(entry, clock.monotonic());
    return entry.tried < FORGOTTEN ? null : entry;
  };

  return {
    chosen(accountId) {
      keep(turns, accountId, turn, MAX_ACCOUNTS);
      turn += 1;
    },
    served(accountId, model, ttftMs) {
      const entry = entryOf(accountId, model);
      entry.failing = false;
      entry.served += 1;
      entry.tried += 1;
      if (ttftMs === null) return;
      entry.ttftSum += ttftMs;
      entry.ttftCount += 1;
      entry.ttftMs = entry.ttftSum / entry.ttftCount;
    },
    failed(accountId, model) {
      const entry = entryOf(accountId, model);
      entry.failing = true;
      entry.tried += 1;
    },
    isFailing: (accountId, model) => models.get(model)?.get(accountId)?.failing === true,
    recent,
    turnsSince(accountId) {
      const last = turns.get(accountId);
      return last === undefined ? null : turn - last - 1;
    },
    all: () =>
      [...models].flatMap(([model, accounts]) =>
        [...accounts.keys()].flatMap((accountId) => {
          const known = recent(accountId, model);
          if (known === null) return [];
          const { served, tried, ttftMs } = known;
          return [{ accountId, model, recent: { served, tried, ttftMs } }];
        }),
      ),
  };
}

function fade(entry: Entry, now: number): void {
  const passed = now - entry.at;
  if (passed <= 0) return;
  const share = 0.5 ** (passed / HALF_LIFE_MS);
  entry.served *= share;
  entry.tried *= share;
  entry.ttftSum *= share;
  entry.ttftCount *= share;
  if (entry.ttftCount < FORGOTTEN) entry.ttftMs = null;
  entry.at = now;
}

/** Puts an entry last, and lets the first one go when there are too many. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
