import type { Database } from 'better-sqlite3';
import type { FailureGroup, FailureList, FailureQuery } from '../../../src-shared/contract/failure.ts';
import type { SqlValue } from '../database.ts';
import { facetCondition } from '../search/call-filter.ts';

const DAY = 86_400_000;
const SAMPLES = 5;
/** Windows from this length on are counted in the order of the index for it: that reads all failures, and sorts none. */
const LONG_MS = 60 * DAY;

interface CauseRow {
  readonly id: number;
  readonly name: string;
  readonly phase: FailureGroup['phase'];
  readonly code: string | null;
  readonly http_status: number | null;
  readonly upstream: string | null;
}

interface Part {
  readonly cause: number;
  readonly seen: number;
  readonly facets: number;
  readonly account: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Failures of a window by their cause, counted from the failures themselves. */
export function readFailures(db: Database, query: FailureQuery, now: number): FailureList {
  const to = query.to ?? now;
  const from = Math.min(to, query.from ?? to - DAY);
  const scope = scopeOf(db, query, from, to);
  const parts = db
    .prepare<unknown[], Part>(
      `SELECT f.cause, f.seen, f.facets, f.account_id AS account, count(*) AS count, min(f.at) AS firstAt, max(f.at) AS lastAt
  FROM failures f ${to - from < LONG_MS ? '' : 'INDEXED BY failures_in_groups'} WHERE ${scope.sql}
  GROUP BY f.cause, f.seen, f.facets, f.account_id`,
    )
    .all(...scope.params);
  const groups = [...Map.groupBy(parts, ({ cause }) => cause)]
    .map(([cause, own]) => ({ cause, own, ...totalOf(own) }))
    .sort((a, b) => b.seen - a.seen || b.absorbed - a.absorbed || b.lastAt - a.lastAt);
  const listed = groups.slice(0, query.limit);
  const names = namesOf(
    db,
    listed.flatMap(({ own }) => own),
  );
  const series = seriesOf(db, scope, from, to, query.points);
  const causes = new Map(scope.causes.map((cause) => [cause.id, cause]));
  return {
    from,
    to,
    causes: groups.length,
    seen: sum(groups.map(({ seen }) => seen)),
    absorbed: sum(groups.map(({ absorbed }) => absorbed)),
    errors: listed.map(({ cause, own, ...total }): FailureGroup => {
      const { name, phase, code, http_status: httpStatus, upstream } = causes.get(cause)!;
      return {
        ...{ id: name, phase, code, httpStatus, upstream },
        ...newestOf(db, scope, cause),
        ...total,
        keys: affected(own, ({ facets }) => names.facets.get(facets)!.key),
        accounts: affected(own, ({ account }) =>
          account === '' ? null : { id: account, name: names.account(account) },
        ),
        models: affected(own, ({ facets }) => names.facets.get(facets)!.model),
        series: series(cause),
      };
    }),
    uncounted: db.prepare<[], number>('SELECT last_row FROM facets_backlog').pluck().get() ?? 0,
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function totalOf(parts: readonly Part[]) {
  const count = (seen: number): number => sum(parts.filter((part) => part.seen === seen).map((part) => part.count));
  return {
    seen: count(1),
    absorbed: count(0),
    firstAt: Math.min(...parts.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...parts.map(({ lastAt }) => lastAt)),
  };
}

function affected(parts: readonly Part[], of: (part: Part) => { id: string; name: string } | null) {
  const found = new Map<string, { id: string; name: string; count: number }>();
  for (const part of parts) {
    const one = of(part);
    if (one === null) continue;
    const entry = found.get(one.id) ?? { ...one, count: 0 };
    entry.count += part.count;
    found.set(one.id, entry);
  }
  return [...found.values()].sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

interface Scope {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  readonly causes: readonly CauseRow[];
}

/** What of `failures f` is asked for. */
function scopeOf(db: Database, query: FailureQuery, from: number, to: number): Scope {
  const causes = db
    .prepare<[], CauseRow>('SELECT id, name, phase, code, http_status, upstream FROM causes')
    .all()
    .filter(
      ({ phase, code }) =>
        (query.phase === undefined || phase === query.phase) &&
        (query.code === undefined || (code ?? '') === query.code),
    );
  const { keyId, project, member, client, model, endpoint, accountId } = query;
  const facets = facetCondition({ keyId, project, member, client, model, endpoint });
  return {
    causes,
    sql: [
      'f.cause IN (SELECT value FROM json_each(?)) AND f.at >= ? AND f.at < ?',
      ...(facets.sql === 'TRUE' ? [] : [`f.facets IN (SELECT id FROM call_facets WHERE ${facets.sql})`]),
      ...(accountId === undefined ? [] : ['f.account_id = ?']),
    ].join(' AND '),
    params: [
      JSON.stringify(causes.map(({ id }) => id)),
      from,
      to,
      ...facets.params,
      ...(accountId === undefined ? [] : [accountId]),
    ],
  };
}

function namesOf(db: Database, parts: readonly Part[]) {
  const rows = db
    .prepare<[string], { id: number; key_id: string; key_name: string; model: string }>(
      `SELECT id, key_id, key_name, coalesce(model_ran, model_asked) AS model FROM call_facets
  WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify([...new Set(parts.map(({ facets }) => facets))]));
  const label = db
    .prepare<[string], string>(
      'SELECT account_label FROM call_facets WHERE account_id = ? AND account_label IS NOT NULL ORDER BY id DESC LIMIT 1',
    )
    .pluck();
  const accounts = new Map<string, string>();
  return {
    facets: new Map(
      rows.map(({ id, key_id, key_name, model }) => [
        id,
        { key: { id: key_id, name: key_name }, model: { id: model, name: model } },
      ]),
    ),
    account(id: string): string {
      const name = accounts.get(id) ?? label.get(id) ?? id;
      accounts.set(id, name);
      return name;
    },
  };
}

/** Spans of equal length, the last one a little shorter where they do not come out even. */
function seriesOf(db: Database, scope: Scope, from: number, to: number, points: number) {
  const length = Math.max(1, Math.ceil((to - from) / points));
  const counted = db
    .prepare<unknown[], { cause: number; point: number; seen: number; count: number }>(
      `SELECT f.cause, (f.at - ?) / ? AS point, sum(f.seen) AS seen, count(*) AS count FROM failures f
  WHERE ${scope.sql} GROUP BY 1, 2`,
    )
    .all(BigInt(from), BigInt(length), ...scope.params);
  const byCause = Map.groupBy(counted, ({ cause }) => cause);
  const starts = Array.from({ length: Math.ceil((to - from) / length) }, (_, index) => from + index * length);
  return (cause: number): FailureGroup['series'] => {
    const own = new Map((byCause.get(cause) ?? []).map((row) => [row.point, row]));
    return starts.map((at, index) => {
      const { seen = 0, count = 0 } = own.get(index) ?? {};
      return { at, seen, absorbed: count - seen };
    });
  };
}

function newestOf(db: Database, scope: Scope, cause: number) {
  const rows = db
    .prepare<unknown[], { id: string; reason: string | null }>(
      `SELECT f.call_id AS id, (SELECT CASE WHEN f.attempt < 0 THEN c.reason
  ELSE json_extract(c.attempts, '$[' || f.attempt || '].reason') END FROM calls c WHERE c.id = f.call_id) AS reason
  FROM failures f WHERE f.cause = ? AND ${scope.sql} ORDER BY f.at DESC, f.call_id DESC LIMIT ${4 * SAMPLES}`,
    )
    .all(cause, ...scope.params);
  return {
    reason: rows[0]?.reason ?? null,
    callIds: [...new Set(rows.map(({ id }) => id))].slice(0, SAMPLES),
  };
}
