import {
  type Actor,
  type AuditList,
  type AuditQuery,
  type AuditWhat,
  auditEntrySchema,
} from '../../src-shared/contract/audit.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Database, SqlStatement } from '../ledger/database.ts';
import type { LateWrites } from '../ledger/late-writes.ts';
import { redact } from '../log/redact.ts';

/** One change, before it has a time and a number. */
export interface AuditNote {
  readonly actor: Actor;
  readonly what: AuditWhat;
  /** `null` for what concerns no single account. */
  readonly account: { readonly id: string; readonly label: string } | null;
  /** One sentence for a person, without a secret. */
  readonly detail: string;
}

export interface Audit {
  /** For what happens by itself: takes effect at once, is written late, never throws. */
  note(entry: AuditNote): void;
  /** For what somebody asked for: to be run in one transaction with the change, so that neither is there without the other. */
  statements(entry: AuditNote): readonly SqlStatement[];
  /** For what somebody asked for that changes no row: on disk when it resolves. */
  record(entry: AuditNote): Promise<void>;
  /** Newest first; with `accountId` that account's alone, also once it is deleted. */
  list(query: AuditQuery & { readonly accountId?: string }): Promise<AuditList>;
}

/** More than a person reads, less than a megabyte or two. */
const KEPT = 10_000;
const MAX_DETAIL = 500;

export function createAudit(database: Database, lateWrites: LateWrites, clock: Clock): Audit {
  let notes = 0;

  const statements = ({ actor, what, account, detail }: AuditNote): readonly SqlStatement[] => [
    {
      sql: 'INSERT INTO audit (at, actor, what, account_id, account_label, detail) VALUES (?, ?, ?, ?, ?, ?)',
      params: [clock.now(), actor, what, account?.id ?? null, account?.label ?? null, oneLine(detail)],
    },
    // Numbers grow by one, so this is a walk along the oldest end of the primary key.
    { sql: 'DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?', params: [KEPT] },
  ];

  return {
    statements,
    note(entry) {
      for (const statement of statements(entry)) {
        notes += 1;
        lateWrites.put(`audit ${notes}`, statement);
      }
    },
    async record(entry) {
      await lateWrites.settled();
      await database.run(statements(entry));
    },
    async list({ limit, cursor, accountId }) {
      await lateWrites.settled();
      const conditions = [
        ...(cursor === undefined ? [] : [{ sql: 'id < ?', value: Number(cursor) }]),
        ...(accountId === undefined ? [] : [{ sql: 'account_id = ?', value: accountId }]),
      ];
      const rows = await database.all(
        `SELECT id, at, actor, what, account_id AS accountId, account_label AS accountLabel, detail FROM audit
${conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`}
ORDER BY id DESC LIMIT ?`,
        [...conditions.map(({ value }) => value), limit + 1],
      );
      const entries = rows.slice(0, limit).map((row) => auditEntrySchema.parse(row));
      const last = entries.at(-1);
      return { entries, nextCursor: rows.length > limit && last !== undefined ? String(last.id) : null };
    },
  };
}

const oneLine = (text: string): string =>
  redact(text)
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, MAX_DETAIL);
