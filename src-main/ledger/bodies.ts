import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { CallBodies, CapturedBody } from '../../src-shared/contract/call-bodies.ts';
import { redactText } from './redacted-text.ts';

/** The beginning of a body as it came, and how long it was. */
export interface RawBody {
  readonly head: Uint8Array<ArrayBuffer>;
  readonly bytes: number;
}

type Headers = Readonly<Record<string, string>>;

/** A call's bodies as they came, with headers that are redacted already. */
export interface RawBodies {
  readonly callId: string;
  readonly at: number;
  readonly request: { readonly headers: Headers; readonly body: RawBody };
  readonly sent: readonly { readonly accountId: string; readonly headers: Headers; readonly body: RawBody | null }[];
  readonly upstream: { readonly headers: Headers } | null;
  readonly answer: { readonly status: number | null; readonly headers: Headers; readonly body: RawBody };
}

/** The memory that bodies on their way take. */
export const rawBytes = ({ request, sent, answer }: RawBodies): number =>
  [request.body, answer.body, ...sent.map(({ body }) => body)].reduce((sum, body) => sum + (body?.head.length ?? 0), 0);

export interface BodyLimits {
  readonly bodiesBytes: number;
  /** Words and names of members that are left out. */
  readonly redact: readonly string[];
}

export interface BodyStore {
  limit(limits: BodyLimits): void;
  /** In one transaction with the deletion of the oldest that leave no room. Throws as SQLite does, and then nothing is kept. */
  keep(raw: RawBodies): void;
}

/** Nothing is kept before the limits are known. */
export function createBodyStore(db: Database): BodyStore {
  const insert = db.prepare(
    'INSERT INTO bodies (call_id, at, bytes, content) VALUES (?, ?, ?, ?) ON CONFLICT (call_id) DO UPDATE SET content = excluded.content, bytes = excluded.bytes',
  );
  const total = db.prepare<[], number>('SELECT coalesce(sum(bytes), 0) FROM bodies').pluck();
  const oldest = db.prepare('DELETE FROM bodies WHERE rowid = (SELECT rowid FROM bodies ORDER BY at LIMIT 1)');
  let limits: BodyLimits = { bodiesBytes: 0, redact: [] };

  const store = db.transaction((bodies: CallBodies): void => {
    const content = JSON.stringify(bodies);
    const bytes = Buffer.byteLength(content);
    if (bytes > limits.bodiesBytes) return;
    insert.run(bodies.callId, bodies.at, bytes, content);
    for (let sum = total.get() ?? 0; sum > limits.bodiesBytes; sum = total.get() ?? 0) oldest.run();
  });

  return {
    limit(given) {
      limits = given;
    },
    keep: (raw) => store.immediate(readable(raw, limits.redact)),
  };
}

function readable(raw: RawBodies, redact: readonly string[]): CallBodies {
  const body = ({ head, bytes }: RawBody): CapturedBody => ({
    text: redactText(new TextDecoder().decode(head), redact, digestOf),
    bytes,
    cut: head.length < bytes,
  });
  return {
    ...raw,
    request: { headers: raw.request.headers, body: body(raw.request.body) },
    sent: raw.sent.map((sent) => ({ ...sent, body: sent.body === null ? null : body(sent.body) })),
    answer: { ...raw.answer, body: body(raw.answer.body) },
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
