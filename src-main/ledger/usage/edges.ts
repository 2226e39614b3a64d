import type { Database } from 'better-sqlite3';
import { type DimensionedCall, type Dimensions, dimensionSql, dimensions, dimensionsOf } from './dimensions.ts';
import { type MeasuredCall, type Measures, measuresOf } from './measures.ts';
import type { MeasureQuery } from './slice-sets.ts';

interface Edge {
  readonly from: number;
  readonly to: number;
}

interface MeasuredEdge {
  readonly dims: Dimensions;
  readonly measures: Measures;
}

/** The calls at the edge of a window, which no sum holds apart. Those that are not in the sums yet are not here either. */
export type EdgeReader = (edge: Edge) => readonly MeasuredEdge[];

/** What sums need of a call, under the names of its fields. */
const columns = `status, endpoint, client, project, member, key_id AS keyId, account_id AS accountId, model_asked AS modelAsked,
  model_ran AS modelRan, input_tokens AS inputTokens, cached_tokens AS cachedTokens, output_tokens AS outputTokens,
  reasoning_tokens AS reasoningTokens, cost_micro_usd AS costMicroUsd, spent_micro_usd AS spentMicroUsd, ttft_ms AS ttftMs,
  duration_ms AS durationMs, json_array_length(attempts) AS attempts`;

type Row = Omit<MeasuredCall & DimensionedCall, 'attempts'> & { readonly attempts: number };

/** Reads each edge once, however often it is asked for: sums by group, of all and by point have the same ones. */
export function createEdgeReader(db: Database, query: MeasureQuery): EdgeReader {
  const filters = dimensions.filter((dimension) => query[dimension] !== undefined);
  const calls = db.prepare<unknown[], Row>(
    `SELECT ${columns} FROM calls WHERE started_at >= ? AND started_at < ? AND status <> 'inflight'
  AND rowid > (SELECT last_row FROM rollup_backlog) ${filters.map((name) => `AND ${dimensionSql[name]} = ?`).join(' ')}`,
  );
  const values = filters.map((name) => query[name]);
  const known = new Map<string, readonly MeasuredEdge[]>();
  return ({ from, to }) => {
    const name = `${from}-${to}`;
    let edge = known.get(name);
    if (edge === undefined) {
      edge = calls.all(from, to, ...values).flatMap((row) => {
        const measures = measuresOf({ ...row, attempts: { length: row.attempts } });
        return measures === null ? [] : [{ dims: dimensionsOf(row), measures }];
      });
      known.set(name, edge);
    }
    return edge;
  };
}
