import { z } from 'zod';
import type { Database, SqlStatement } from '../ledger/database.ts';
import type { Span } from './spans.ts';

const rowSchema = z.object({
  subsystem: z.string(),
  state: z.enum(['ok', 'degraded', 'down', 'unknown']),
  sentence: z.string(),
  from_at: z.number(),
  to_at: z.number(),
});

/** The spans that ended after `since`, oldest first. */
export async function loadSpans(database: Database, since: number): Promise<Span[]> {
  const rows = await database.all('SELECT * FROM status_spans WHERE to_at >= ? ORDER BY from_at', [since]);
  return rows.map((row) => {
    const { from_at: fromAt, to_at: toAt, ...span } = rowSchema.parse(row);
    return { ...span, fromAt, toAt };
  });
}

export const saveSpan = (span: Span): SqlStatement => ({
  sql: `INSERT INTO status_spans (subsystem, from_at, to_at, state, sentence) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (subsystem, from_at) DO UPDATE SET to_at = excluded.to_at, state = excluded.state, sentence = excluded.sentence`,
  params: [span.subsystem, span.fromAt, span.toAt, span.state, span.sentence],
});

export const eraseSpansBefore = (at: number): SqlStatement => ({
  sql: 'DELETE FROM status_spans WHERE to_at < ?',
  params: [at],
});
