import type { CallRecord } from '../../src-shared/contract/call.ts';

/** More than anyone scrolls through; then the store starts over and the log is read again. */
const maxCalls = 10_000;

/** The calls that arrived as live events since the page was opened, as an external store for React. */
export function createLiveCalls(onOverflow: () => void) {
  let calls: ReadonlyMap<string, CallRecord> = new Map();
  const listeners = new Set<() => void>();
  let arrived: CallRecord[] = [];

  function publish(next: ReadonlyMap<string, CallRecord>): void {
    calls = next;
    for (const tell of listeners) tell();
  }

  return {
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => calls,
    /** Taken in at once; shown with the next `flush`. */
    add: (call: CallRecord) => void arrived.push(call),
    flush(): void {
      if (arrived.length === 0) return;
      const next = new Map(calls);
      for (const call of arrived) next.set(call.id, call);
      arrived = [];
      if (next.size > maxCalls) onOverflow();
      else publish(next);
    },
    clear(): void {
      arrived = [];
      publish(new Map());
    },
  };
}
