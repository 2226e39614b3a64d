/** One request as it came in, and how it went. The last four fields are filled in while the request runs. */
export interface RequestRecord {
  readonly transport: 'http' | 'ws-handshake' | 'ws-message' | 'ws-close';
  /** By the simulator's clock. */
  readonly at: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** As received: order and spelling kept. Empty for WebSocket messages. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Decoded JSON; the text when it is not JSON; null when there was none. */
  readonly body: unknown;
  /** On the wire, before inflation. */
  readonly bodyBytes: number;
  readonly contentEncoding: string | null;
  /** The WebSocket connection a handshake, message or close belongs to. */
  readonly connection: number | null;
  /** The simulated account that the credentials belong to. */
  account: string | null;
  /** HTTP status sent, or that of the WebSocket error frame; null while nothing was sent. */
  status: number | null;
  outcome: 'pending' | 'complete' | 'cut' | 'client-closed';
  /** Body bytes (HTTP) or text bytes (WebSocket) sent. */
  bytesSent: number;
  settledAt: number | null;
}

export interface Journal {
  readonly records: readonly RequestRecord[];
  add(record: RequestRecord): RequestRecord;
  clear(): void;
}

const modelPath = /\/(responses|chat\/completions|responses\/compact)$/;

/** True for what costs tokens: posted model requests and WebSocket messages that generate. */
export function isModelRequest(record: RequestRecord): boolean {
  if (record.transport === 'http') return record.method === 'POST' && modelPath.test(record.path);
  if (record.transport !== 'ws-message') return false;
  return !(
    typeof record.body === 'object' &&
    record.body !== null &&
    'generate' in record.body &&
    record.body.generate === false
  );
}

/** One header of a record by its lower-case name; null when it was not sent. */
export function headerOf(record: RequestRecord, name: string): string | null {
  return record.headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? null;
}

/** Keeps the newest `limit` records: a demo may run for days. */
export function createJournal(limit: number): Journal {
  const records: RequestRecord[] = [];
  return {
    records,
    add(record) {
      records.push(record);
      if (records.length > limit) records.splice(0, records.length - limit);
      return record;
    },
    clear() {
      records.length = 0;
    },
  };
}
