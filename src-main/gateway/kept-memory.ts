import { createSlotMap } from '../../src-shared/domain/slot-map.ts';
import { type KeptResponse, sizeOf } from './kept-response.ts';

export interface KeptEntry {
  readonly response: KeptResponse;
  /** The ids under which later requests may refer to what the answer gave. */
  readonly itemIds: readonly string[];
}

/** Kept responses that are not in the table yet, and those that were asked for lately: what goes on at once needs no disk. */
export interface KeptMemory {
  /** `null` also for what was put here before `since` (ms). */
  get(keyId: string, id: string, since: number): KeptResponse | null;
  /** The response that gave an item, by the item's id. */
  responseOf(keyId: string, itemId: string): string | null;
  /** Keeps it until `written` is told. False where there is no room for it. */
  putUnwritten(entry: KeptEntry, at: number): boolean;
  /** Keeps it until there are newer ones. */
  putWritten(entry: KeptEntry, at: number): void;
  written(key: string): void;
  unwritten(key: string): KeptEntry | null;
  drop(key: string): void;
  dropChain(keyId: string, chainId: string): void;
  clear(): void;
}

export const keyOf = (keyId: string, id: string): string => `${keyId} ${id}`;

interface Held extends KeptEntry {
  readonly putAt: number;
}

export function createKeptMemory(mostWrittenBytes: number, mostUnwrittenBytes: number): KeptMemory {
  const items = new Map<string, string>();
  const index = ({ response: { keyId, id }, itemIds }: KeptEntry): void => {
    for (const itemId of itemIds) items.set(keyOf(keyId, itemId), id);
  };
  const forget = ({ response: { keyId, id }, itemIds }: KeptEntry): void => {
    for (const itemId of itemIds) {
      if (items.get(keyOf(keyId, itemId)) === id) items.delete(keyOf(keyId, itemId));
    }
  };
  const waiting = createShelf(forget);
  /** The one that was asked for longest ago first. */
  const recent = createShelf(forget);

  const putRecent = (key: string, held: Held): void => {
    recent.put(key, held);
    index(held);
    while (recent.bytes() > mostWrittenBytes) recent.drop(recent.oldest()!);
  };

  return {
    get(keyId, id, since) {
      const key = keyOf(keyId, id);
      const held = waiting.get(key) ?? recent.touch(key);
      return held === null || held.putAt < since ? null : held.response;
    },
    responseOf: (keyId, itemId) => items.get(keyOf(keyId, itemId)) ?? null,
    putUnwritten(entry, putAt) {
      const key = keyOf(entry.response.keyId, entry.response.id);
      if (waiting.bytes() + sizeOf(entry.response) > mostUnwrittenBytes) return false;
      recent.drop(key);
      waiting.put(key, { ...entry, putAt });
      index(entry);
      return true;
    },
    putWritten(entry, putAt) {
      const key = keyOf(entry.response.keyId, entry.response.id);
      if (waiting.get(key) === null) putRecent(key, { ...entry, putAt });
    },
    written(key) {
      const held = waiting.get(key);
      if (held === null) return;
      waiting.drop(key);
      putRecent(key, held);
    },
    unwritten: waiting.get,
    drop(key) {
      waiting.drop(key);
      recent.drop(key);
    },
    dropChain(keyId, chainId) {
      const isOf = ({ response }: Held): boolean => response.keyId === keyId && response.chainId === chainId;
      waiting.dropWhere(isOf);
      recent.dropWhere(isOf);
    },
    clear() {
      waiting.dropWhere(() => true);
      recent.dropWhere(() => true);
    },
  };
}

/** Entries in the order in which they were put or touched, and how much they take. */
function createShelf(dropped: (entry: KeptEntry) => void) {
  const entries = createSlotMap<Held>();
  let bytes = 0;
  const drop = (key: string): void => {
    const held = entries.get(key);
    if (held === undefined) return;
    entries.delete(key);
    bytes -= sizeOf(held.response);
    dropped(held);
  };
  return {
    bytes: () => bytes,
    get: (key: string): Held | null => entries.get(key) ?? null,
    touch(key: string): Held | null {
      const held = entries.get(key);
      if (held === undefined) return null;
      entries.delete(key);
      entries.set(key, held);
      return held;
    },
    put(key: string, held: Held): void {
      drop(key);
      entries.set(key, held);
      bytes += sizeOf(held.response);
    },
    drop,
    dropWhere(matches: (held: Held) => boolean): void {
      for (const held of entries.values()) if (matches(held)) drop(keyOf(held.response.keyId, held.response.id));
    },
    oldest: entries.oldest,
  };
}
