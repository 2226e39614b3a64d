import type { AffinityQuery } from '../../src-shared/contract/affinity.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Database } from '../ledger/database.ts';
import { createLateRows } from '../ledger/late-rows.ts';
import { eraseTies, eraseTiesBefore, loadTies, saveTies } from './affinity-rows.ts';
import type { ConversationState } from './ports.ts';
import { createRecent } from './recent.ts';
import { pageOf, type Tie, type TiePage } from './tie.ts';

/** Which account serves which conversation, across restarts. */
export interface Affinity {
  /** The tie of a conversation, or `null`. */
  tie(conversationId: string): Tie | null;
  /** An account answers the conversation, which stays with it from now on. */
  bind(conversationId: string, accountId: string, state: ConversationState): void;
  /** Where a conversation without a tie may begin: with its parent, or with the chain that it goes on from. */
  begin(conversationId: string, accountId: string): void;
  /** What the account now has of the conversation in its prompt cache; `null` where its answer did not say. */
  cached(conversationId: string, accountId: string, tokens: number | null): void;
  /** The account has given the conversation encrypted state that cannot be left out. */
  compacted(conversationId: string): void;
  list(query: AffinityQuery): TiePage;
  /** How many conversations are tied. */
  count(): number;
  /** The conversation's next call goes wherever it is served best. False where there was no tie. */
  release(conversationId: string): boolean;
  /** How many there were. */
  releaseAll(): number;
  /** The account that gave out a turn state (PROTOCOL 3.6), or `null`; in memory only, a turn does not outlive a restart. */
  turnStateOwner(turnState: string): string | null;
  tieTurnState(turnState: string, accountId: string): void;
  /** Reads the ties of earlier runs; to be awaited before the first call. */
  load(): Promise<void>;
  /** Resolves when all ties are written down. */
  stop(): Promise<void>;
}

export interface AffinityPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long a tie lasts after the last call. */
  readonly keepMs: () => number;
  readonly storageFailed: (error: unknown) => void;
}

const MAX_CONVERSATIONS = 20_000;
const MAX_TURN_STATES = 5_000;
const TURN_STATE_MS = 24 * 3_600_000;
/** Upstreams drop a prompt from their cache within an hour of its last use. */
const CACHE_MS = 3_600_000;
/** A crash costs no more than the ties of this long. */
const WRITE_AFTER_MS = 1_000;

type Entry = { -readonly [Field in keyof Tie]: Tie[Field] };

export function createAffinity({ database, clock, timers, keepMs, storageFailed }: AffinityPorts): Affinity {
  /** In the order of their last use, the oldest first. */
  const entries = new Map<string, Entry>();
  const turnStates = createRecent(MAX_TURN_STATES, TURN_STATE_MS, clock);
  const rows = createLateRows({
    database,
    timers,
    afterMs: WRITE_AFTER_MS,
    statements: (changed, gone) => [
      ...(changed.length === 0 ? [] : [saveTies(changed.map((id) => [id, entries.get(id)!]))]),
      ...(gone.length === 0 ? [] : [eraseTies(gone)]),
    ],
    failed: storageFailed,
  });

  const isExpired = (entry: Entry): boolean => clock.now() - entry.usedAt > keepMs();

  const find = (conversationId: string): Entry | null => {
    const entry = entries.get(conversationId);
    return entry === undefined || isExpired(entry) ? null : entry;
  };

  const drop = (conversationId: string): void => {
    if (entries.delete(conversationId)) rows.gone(conversationId);
  };
  const put = (conversationId: string, entry: Entry): void => {
    entries.delete(conversationId);
    entries.set(conversationId, entry);
    rows.changed(conversationId);
    if (entries.size > MAX_CONVERSATIONS) drop(entries.keys().next().value!);
  };
  /** Memory and table shrink with use, without a clock of their own. */
  const dropExpired = (): void => {
    for (const [conversationId, entry] of entries) {
      if (!isExpired(entry)) return;
      drop(conversationId);
    }
  };

  const viewOf = (entry: Entry): Tie =>
    entry.cachedTokens !== 0 && clock.now() - entry.usedAt > CACHE_MS ? { ...entry, cachedTokens: 0 } : entry;

  return {
    tie(conversationId) {
      const entry = find(conversationId);
      return entry === null ? null : viewOf(entry);
    },
    bind(conversationId, accountId, state) {
      const now = clock.now();
      const before = find(conversationId);
      dropExpired();
      const stays = before?.accountId === accountId;
      put(conversationId, {
        accountId,
        tiedAt: stays ? before.tiedAt : now,
        usedAt: now,
        cachedTokens: stays ? viewOf(before).cachedTokens : null,
        turns: stays ? before.turns + 1 : 1,
        mixed: state.mixed || before?.mixed === true || (!stays && before !== null && before.turns > 0),
        compacted: state.compacted || before?.compacted === true,
      });
    },
    begin(conversationId, accountId) {
      if (find(conversationId) !== null) return;
      const now = clock.now();
      const nothing = { cachedTokens: null, turns: 0, mixed: false, compacted: false };
      put(conversationId, { accountId, tiedAt: now, usedAt: now, ...nothing });
    },
    cached(conversationId, accountId, tokens) {
      const entry = entries.get(conversationId);
      if (tokens === null || entry?.accountId !== accountId || entry.cachedTokens === tokens) return;
      entry.cachedTokens = tokens;
      rows.changed(conversationId);
    },
    compacted(conversationId) {
      const entry = entries.get(conversationId);
      if (entry === undefined || entry.compacted) return;
      entry.compacted = true;
      rows.changed(conversationId);
    },
    list(query) {
      const current = [...entries].flatMap(([id, entry]) => (isExpired(entry) ? [] : [[id, viewOf(entry)] as const]));
      return pageOf(current, query);
    },
    count() {
      dropExpired();
      return entries.size;
    },
    release(conversationId) {
      const known = find(conversationId) !== null;
      drop(conversationId);
      return known;
    },
    releaseAll() {
      const ids = [...entries.keys()];
      for (const id of ids) drop(id);
      return ids.length;
    },
    turnStateOwner: turnStates.get,
    tieTurnState: turnStates.set,
    async load() {
      const since = clock.now() - keepMs();
      const ties = await loadTies(database, since, MAX_CONVERSATIONS);
      // What is left of earlier runs beside these goes with the first write.
      rows.also(eraseTiesBefore(ties[0]?.[1].usedAt ?? since));
      for (const [id, tie] of ties) entries.set(id, { ...tie });
    },
    stop: rows.stop,
  };
}
