import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Database } from '../ledger/database.ts';
import { createLateRows } from '../ledger/late-rows.ts';
import { createKeptMemory, keyOf } from './kept-memory.ts';
import { type KeptResponse, outputItemsOf, sizeOf, textMember } from './kept-response.ts';
import {
  eraseChains,
  eraseEverything,
  eraseResponse,
  loadChain,
  loadChains,
  loadItems,
  loadResponse,
  loadTotal,
  saveResponses,
  touchChains,
} from './kept-rows.ts';

/**
 * Answers that clients may go on from although their account keeps nothing (`store`, `previous_response_id`), each for the key that asked
 * for it alone. In memory at once, on the disk a moment later; bounded by room and by time, whole chains at a time.
 */
export interface KeptResponses {
  isOn(): boolean;
  /** `itemIds`: the ids of the answer's items. What is too large, or more than the disk takes, is not kept. */
  keep(response: KeptResponse, itemIds: readonly string[]): void;
  find(keyId: string, id: string): Promise<KeptResponse | null>;
  /** A response and all that came before it, the first one first; `null` where a part of it is not there. */
  chain(keyId: string, id: string): Promise<readonly KeptResponse[] | null>;
  /** The responses that gave these items, by the items' ids. */
  givers(keyId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, KeptResponse>>;
  /** Gone from the disk when it resolves; false where there is no such response. Rejects with `storage_error`. */
  remove(keyId: string, id: string): Promise<boolean>;
  /** Gives up what is too old or too much; everything, where nothing may be kept. Never rejects. */
  sweep(): Promise<void>;
  /** Resolves when everything is written. */
  stop(): Promise<void>;
}

export interface KeptResponsesPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly settings: Pick<SettingsStore, 'all' | 'onChange'>;
  readonly storageFailed: (error: unknown) => void;
}

/** A crash costs no more than the answers of this long. */
const WRITE_AFTER_MS = 250;
const SWEEP_EVERY_MS = 3_600_000;
/** Not while Relay starts. */
const FIRST_SWEEP_MS = 5_000;
/** For what goes on within moments. */
const MEMORY_BYTES = 8 * 1024 * 1024;
/** What a disk that takes nothing may hold up. */
const UNWRITTEN_BYTES = 32 * 1024 * 1024;
/** No single response takes more than this share of the room. */
const LARGEST_SHARE = 1 / 20;
/** A sweep makes this much room at least, so that not every answer costs one. */
const SPARE_SHARE = 1 / 10;
const CHAINS_AT_ONCE = 1_000;

export function createKeptResponses(ports: KeptResponsesPorts): KeptResponses {
  const { database, clock, timers, storageFailed } = ports;
  const settings = ports.settings.all;
  const memory = createKeptMemory(MEMORY_BYTES, UNWRITTEN_BYTES);
  const touched = new Map<string, readonly [keyId: string, id: string]>();
  /** Bytes on the disk; `null` until they were counted. */
  let total: number | null = null;
  let sweeping: Promise<void> | null = null;
  let stopped = false;

  const rows = createLateRows({
    database,
    timers,
    afterMs: WRITE_AFTER_MS,
    statements(changed) {
      const entries = changed.flatMap((key) => memory.unwritten(key) ?? []);
      const chains = [...touched.values()];
      touched.clear();
      return [
        ...saveResponses(entries, clock.now()),
        ...(chains.length === 0 ? [] : [touchChains(chains, clock.now())]),
      ];
    },
    written(changed) {
      for (const key of changed) {
        const entry = memory.unwritten(key);
        if (entry !== null && total !== null) total += sizeOf(entry.response);
        memory.written(key);
      }
      if (total !== null && total > settings()['responses.keepBytes']) void sweep();
    },
    failed: storageFailed,
  });

  const isOn = (): boolean => settings()['responses.keep'] === 'on';
  const since = (): number => clock.now() - settings()['responses.keepMs'];

  const remember = (response: KeptResponse): KeptResponse => {
    memory.putWritten({ response, itemIds: itemIdsOf(response) }, clock.now());
    return response;
  };

  const find = async (keyId: string, id: string): Promise<KeptResponse | null> => {
    if (!isOn()) return null;
    const known = memory.get(keyId, id, since());
    if (known !== null) return known;
    const stored = await loadResponse(database, keyId, id, since());
    return stored === null ? null : remember(stored);
  };

  const touch = ({ keyId, chainId }: KeptResponse): void => {
    touched.set(keyOf(keyId, chainId), [keyId, chainId]);
    rows.soon();
  };

  const giveUp = async (chains: readonly (readonly [string, string])[]): Promise<void> => {
    await database.run(eraseChains(chains));
    for (const [keyId, id] of chains) memory.dropChain(keyId, id);
  };

  /** From the oldest chain on, until all that is left may stay. */
  const shrink = async (): Promise<void> => {
    const room = settings()['responses.keepBytes'];
    let left = await loadTotal(database);
    const target = left > room ? room * (1 - SPARE_SHARE) : room;
    for (;;) {
      const chains = await loadChains(database, CHAINS_AT_ONCE);
      const old: (readonly [string, string])[] = [];
      for (const { keyId, id, usedAt, bytes } of chains) {
        if (usedAt >= since() && left <= target) break;
        old.push([keyId, id]);
        left -= bytes;
      }
      if (old.length > 0) await giveUp(old);
      if (old.length < CHAINS_AT_ONCE) break;
    }
    total = left;
  };

  const sweep = (): Promise<void> => {
    sweeping ??= (async () => {
      try {
        if (isOn()) return await shrink();
        memory.clear();
        await rows.settled();
        if ((await loadTotal(database)) > 0) await database.run(eraseEverything);
        total = 0;
      } catch (error) {
        if (!stopped) storageFailed(error);
      } finally {
        sweeping = null;
        cancelSweep?.();
        if (!stopped) cancelSweep = timers.set(SWEEP_EVERY_MS, () => void sweep());
      }
    })();
    return sweeping;
  };

  ports.settings.onChange((_, names) => {
    if (!stopped && names.some((name) => name.startsWith('responses.'))) void sweep();
  });
  let cancelSweep: (() => void) | null = timers.set(FIRST_SWEEP_MS, () => void sweep());

  return {
    isOn: () => isOn(),
    keep(response, itemIds) {
      if (!isOn() || sizeOf(response) > settings()['responses.keepBytes'] * LARGEST_SHARE) return;
      if (memory.putUnwritten({ response, itemIds }, clock.now())) rows.changed(keyOf(response.keyId, response.id));
    },
    find,
    async chain(keyId, id) {
      const links: KeptResponse[] = [];
      let next: string | null = id;
      while (next !== null && isOn()) {
        const known: KeptResponse | null = memory.get(keyId, next, since());
        if (known === null) break;
        links.push(known);
        next = known.previousId;
      }
      if (next !== null) {
        const stored = isOn() ? await loadChain(database, keyId, next, since()) : [];
        if (stored.length === 0 || stored.at(-1)!.previousId !== null) return null;
        links.push(...stored.map(remember));
      }
      touch(links[0]!);
      return links.reverse();
    },
    async givers(keyId, itemIds) {
      const found = new Map<string, string>();
      for (const itemId of itemIds) {
        const id = memory.responseOf(keyId, itemId);
        if (id !== null) found.set(itemId, id);
      }
      const missing = itemIds.filter((itemId) => !found.has(itemId));
      if (missing.length > 0 && isOn()) {
        for (const [itemId, id] of await loadItems(database, keyId, missing)) found.set(itemId, id);
      }
      const givers = new Map<string, KeptResponse>();
      for (const [itemId, id] of found) {
        const response = await find(keyId, id);
        if (response === null) continue;
        givers.set(itemId, response);
        touch(response);
      }
      return givers;
    },
    async remove(keyId, id) {
      const response = await find(keyId, id);
      if (response === null) return false;
      memory.drop(keyOf(keyId, id));
      // What is being written at this moment must be there before it can be erased.
      await rows.settled();
      await database.run(eraseResponse(keyId, id, response.chainId));
      if (total !== null) total = Math.max(0, total - sizeOf(response));
      return true;
    },
    sweep,
    async stop() {
      stopped = true;
      cancelSweep?.();
      await sweeping;
      await rows.stop();
    },
  };
}

/** The ids under which later requests may refer to what an answer gave. */
const itemIdsOf = ({ response }: KeptResponse): readonly string[] =>
  outputItemsOf(response).flatMap((item) => textMember(item, 'id') ?? []);
