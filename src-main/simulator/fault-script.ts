import type { Endpoint, Fault, ScriptEntry } from './fault.ts';

export interface FaultScript {
  /** Queues entries; each is used up by one request that it matches. */
  add(entries: readonly ScriptEntry[]): void;
  /** Played whenever no queued entry matches. */
  always(entry: ScriptEntry): void;
  /** The faults for this request, taken off the queue. */
  take(endpoint: Endpoint, model?: string | null): readonly Fault[];
  /** Takes the next entry only if it cuts the upload, which must be known before the body is read. */
  takeUploadCut(): Fault | null;
  readonly pending: number;
  clear(): void;
}

const modelEndpoints: readonly Endpoint[] = ['responses', 'chat', 'compact'];

export function createFaultScript(): FaultScript {
  let queue: { readonly faults: readonly Fault[]; left: number }[] = [];
  let standing: readonly Fault[] = [];

  const use = (index: number): readonly Fault[] => {
    const entry = queue[index]!;
    entry.left -= 1;
    if (entry.left <= 0) queue = queue.filter((other) => other !== entry);
    return entry.faults;
  };

  return {
    add(entries) {
      for (const entry of entries) {
        const faults = listOf(entry);
        queue.push({ faults, left: Math.max(1, ...faults.map((fault) => fault.times ?? 1)) });
      }
    },
    always(entry) {
      standing = listOf(entry);
    },
    take(endpoint, model = null) {
      const index = queue.findIndex((entry) => matches(entry.faults, endpoint, model));
      if (index !== -1) return use(index);
      return standing.length > 0 && matches(standing, endpoint, model) ? standing : [];
    },
    takeUploadCut() {
      const cut = (faults: readonly Fault[]): Fault | undefined =>
        faults.find((fault) => fault.kind === 'cut' && fault.at === 'upload');
      const next = queue[0];
      if (next !== undefined && cut(next.faults) !== undefined) return cut(use(0)) ?? null;
      return next === undefined ? (cut(standing) ?? null) : null;
    },
    get pending() {
      return queue.length;
    },
    clear() {
      queue = [];
      standing = [];
    },
  };
}

const listOf = (entry: ScriptEntry): readonly Fault[] => {
  if (entry === null) return [];
  return 'kind' in entry ? [entry] : entry;
};

function matches(faults: readonly Fault[], endpoint: Endpoint, model: string | null): boolean {
  if (faults.length === 0) return modelEndpoints.includes(endpoint);
  return faults.every((fault) => {
    if (fault.when?.model !== undefined && fault.when.model !== model) return false;
    if (fault.when?.endpoint !== undefined) return fault.when.endpoint === endpoint;
    if (fault.kind === 'upgrade-refused') return endpoint === 'upgrade';
    if (fault.kind === 'denied') return endpoint === 'authorize';
    if (fault.kind === 'wrong-account' || fault.kind === 'no-refresh-token') return endpoint === 'token';
    return modelEndpoints.includes(endpoint);
  });
}
