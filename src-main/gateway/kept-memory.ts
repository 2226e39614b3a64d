import { type KeptResponse, sizeOf } from './kept-response.ts';

/** Kept responses that are not in the table yet, and those that were asked for lately: what goes on at once needs no disk. */
export interface KeptMemory {
  /** `null` also for what was put here before `since` (ms). */
  get(keyId: string, id: string, since: number): KeptResponse | null;
  /** The response that gave an item, by the item's id. */
  responseOf(keyId: string, itemId: string): string | null;
  /** `unwritten`: it stays until `written` is told. False where there is no room for it. */
  put(response: KeptResponse, itemIds: readonly string[], at: number, unwritten: boolean): boolean;
  written(key: string): void;
  /** What is to be written under a key. */
  entry(key: string): { readonly response: KeptResponse; readonly itemIds: readonly string[] } | null;
  drop(keyId: string, id: string): void;
  dropChain(keyId: string, chainId: string): void;
  clear(): void;
}

export const keyOf = (keyId: string, id: string): string => `${keyId} ${id}`;

interface Entry {
  readonly response: KeptResponse;
  readonly itemIds: readonly string[];
  readonly putAt: number;
  unwritten: boolean;
}

export function createKeptMemory(mostBytes: number, mostUnwrittenBytes: number): KeptMemory {
  /** The one that was asked for longest ago first. */
  const entries = new Map<string, Entry>();
  const items = new Map<string, string>();
  let bytes = 0;
  let unwrittenBytes = 0;

  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    bytes -= sizeOf(entry.response);
    if (entry.unwritten) unwrittenBytes -= sizeOf(entry.response);
    for (const id of entry.itemIds) items.delete(keyOf(entry.response.keyId, id));
  };

  const shrink = (): void => {
    if (bytes <= mostBytes) return;
    for (const [key, entry] of entries) {
      if (entry.unwritten) continue;
      remove(key);
      if (bytes <= mostBytes) return;
    }
  };

  return {
    get(keyId, id, since) {
      const key = keyOf(keyId, id);
      const entry = entries.get(key);
      if (entry === undefined || entry.putAt < since) return null;
      entries.delete(key);
      entries.set(key, entry);
      return entry.response;
    },
    responseOf: (keyId, itemId) => items.get(keyOf(keyId, itemId)) ?? null,
    put(response, itemIds, at, unwritten) {
      const size = sizeOf(response);
      if (unwritten && unwrittenBytes + size > mostUnwrittenBytes) return false;
      const key = keyOf(response.keyId, response.id);
      remove(key);
      entries.set(key, { response, itemIds, putAt: at, unwritten });
      bytes += size;
      if (unwritten) unwrittenBytes += size;
      for (const id of itemIds) items.set(keyOf(response.keyId, id), response.id);
      shrink();
      return true;
    },
    written(key) {
      const entry = entries.get(key);
      if (entry?.unwritten !== true) return;
      entry.unwritten = false;
      unwrittenBytes -= sizeOf(entry.response);
      shrink();
    },
    entry: (key) => entries.get(key) ?? null,
    drop: (keyId, id) => remove(keyOf(keyId, id)),
    dropChain(keyId, chainId) {
      for (const [key, { response }] of entries) {
        if (response.keyId === keyId && response.chainId === chainId) remove(key);
      }
    },
    clear() {
      for (const key of [...entries.keys()]) remove(key);
    },
  };
}
