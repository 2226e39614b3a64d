import type { CallFilter, CallRecord } from '../../../src-shared/contract/call.ts';
import type { SqlValue } from '../database.ts';
import { causeName, failuresOf } from '../failures/failures-of.ts';

// The same filter twice: in SQL for rows of the database, in TypeScript for calls that are not there yet. They must agree.

type FilterName = keyof CallFilter;

/** A filter that compares one column, which `calls` and `call_facets` both have; '' fits what has none. */
const equalities: readonly (readonly [FilterName, column: string, of: (call: CallRecord) => string | number | null])[] =
  [
    ['status', 'status', (call) => call.status],
    ['httpStatus', 'http_status', (call) => call.httpStatus],
    ['errorCode', 'error_code', (call) => call.errorCode],
    ['accountId', 'account_id', (call) => call.accountId],
    ['keyId', 'key_id', (call) => call.keyId],
    ['project', 'project', (call) => call.project],
    ['member', 'member', (call) => call.member],
    ['client', 'client', (call) => call.client],
    ['modelAsked', 'model_asked', (call) => call.modelAsked],
    ['modelRan', 'model_ran', (call) => call.modelRan],
    ['endpoint', 'endpoint', (call) => call.endpoint],
  ];

/** A filter of yes and no, as an expression over each of the two tables. */
const flags: readonly (readonly [FilterName, ofCalls: string, ofFacets: string, of: (call: CallRecord) => boolean])[] =
  [
    ['stream', 'stream = 1', 'stream = 1', (call) => call.stream],
    ['spliced', 'spliced > 0', 'spliced = 1', (call) => call.spliced > 0],
    ['failedOver', 'json_array_length(attempts) > 1', 'failed_over = 1', (call) => call.attempts.length > 1],
    ['overflow', 'overflow = 1', 'overflow = 1', (call) => call.overflow],
  ];

/** A bound of a number; calls that have none fit no bound. */
const bounds: readonly (readonly [FilterName, column: string, '>=' | '<=', of: (call: CallRecord) => number | null])[] =
  [
    ['minCostMicroUsd', 'cost_micro_usd', '>=', (call) => call.costMicroUsd],
    ['maxCostMicroUsd', 'cost_micro_usd', '<=', (call) => call.costMicroUsd],
    ['minTtftMs', 'ttft_ms', '>=', (call) => call.ttftMs],
    ['maxTtftMs', 'ttft_ms', '<=', (call) => call.ttftMs],
    ['minDurationMs', 'duration_ms', '>=', (call) => call.durationMs],
    ['maxDurationMs', 'duration_ms', '<=', (call) => call.durationMs],
  ];

export function matchesQuery(call: CallRecord, query: CallFilter): boolean {
  if (query.from !== undefined && call.startedAt < query.from) return false;
  if (query.to !== undefined && call.startedAt >= query.to) return false;
  return (
    equalities.every(([name, , of]) => query[name] === undefined || (of(call) ?? '') === query[name]) &&
    flags.every(([name, , , of]) => query[name] === undefined || of(call) === query[name]) &&
    bounds.every(([name, , sign, of]) => {
      const bound = query[name];
      const value = of(call);
      return (
        bound === undefined || (value !== null && (sign === '>=' ? value >= Number(bound) : value <= Number(bound)))
      );
    }) &&
    (query.model === undefined || call.modelAsked === query.model || (call.modelRan ?? '') === query.model) &&
    (query.conversationId === undefined || (call.conversationId ?? '') === query.conversationId) &&
    (query.cause === undefined || failuresOf(call).some(({ cause }) => causeName(cause) === query.cause)) &&
    hasText(call, query.text)
  );
}

function hasText(call: CallRecord, text = ''): boolean {
  if (text === '') return true;
  const needle = foldAscii(text);
  const { modelAsked, modelRan, client, keyName, accountLabel, errorCode, reason } = call;
  return [modelAsked, modelRan, client, keyName, accountLabel, errorCode, reason].some(
    (value) => value !== null && foldAscii(value).includes(needle),
  );
}

export interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

export const all = (...conditions: readonly Condition[]): Condition => {
  const given = conditions.filter(({ sql }) => sql !== '' && sql !== 'TRUE');
  return {
    sql: given.length === 0 ? 'TRUE' : given.map(({ sql }) => sql).join(' AND '),
    params: given.flatMap(({ params }) => params),
  };
};

const nothing: Condition = { sql: '', params: [] };

/** What `call_facets` can tell of a filter. */
export function facetCondition(query: CallFilter): Condition {
  return all(equalityCondition(query), flagCondition(query, 1));
}

export const hasFacetFilter = (query: CallFilter): boolean => facetCondition(query).sql !== 'TRUE';

/** The whole filter over `calls`, but for the time. */
export function callCondition(query: CallFilter): Condition {
  const text = query.text ?? '';
  return all(
    equalityCondition(query),
    flagCondition(query, 0),
    valueCondition(query),
    text === '' ? nothing : textCondition(text, [...namedColumns, 'reason']),
    causeCondition(query),
  );
}

/** What only the calls themselves can tell. */
export function valueCondition(query: CallFilter): Condition {
  const { conversationId: conversation } = query;
  return all(
    conversation === undefined ? nothing : { sql: "coalesce(conversation_id, '') = ?", params: [conversation] },
    ...bounds.map(([name, column, sign]): Condition => {
      const bound = query[name];
      return bound === undefined ? nothing : { sql: `${column} ${sign} ?`, params: [Number(bound)] };
    }),
  );
}

const namedColumns = ['model_asked', 'model_ran', 'client', 'key_name', 'account_label', 'error_code'] as const;

/** Over `call_facets` by default. `instr` instead of LIKE: no wildcard to escape, and linear for any text (FAULTS S-12). */
export function textCondition(text: string, columns: readonly string[] = namedColumns): Condition {
  const needle = foldAscii(text);
  // Without a value it is no match, and not "unknown", which a NOT in front would keep.
  const terms = columns.map((column) => `instr(lower(coalesce(${column}, '')), ?) > 0`);
  return { sql: `(${terms.join(' OR ')})`, params: columns.map(() => needle) };
}

const causeCondition = ({ cause }: CallFilter): Condition =>
  cause === undefined
    ? nothing
    : {
        sql: 'EXISTS (SELECT 1 FROM failures JOIN causes ON causes.id = failures.cause WHERE call_id = calls.id AND causes.name = ?)',
        params: [cause],
      };

function equalityCondition(query: CallFilter): Condition {
  const { model } = query;
  return all(
    ...equalities.map(([name, column]): Condition => {
      const value = query[name];
      if (value === undefined) return nothing;
      return value === ''
        ? { sql: `coalesce(${column}, '') = ''`, params: [] }
        : { sql: `${column} = ?`, params: [typeof value === 'number' ? value : String(value)] };
    }),
    model === undefined ? nothing : { sql: "(model_asked = ? OR coalesce(model_ran, '') = ?)", params: [model, model] },
  );
}

const flagCondition = (query: CallFilter, table: 0 | 1): Condition =>
  all(
    ...flags.map(([name, ...expressions]): Condition => {
      const wanted = query[name];
      return wanted === undefined ? nothing : { sql: `(${expressions[table]}) = ${wanted ? 1 : 0}`, params: [] };
    }),
  );

/** Folds the letters that SQLite's `lower` folds, and no others. */
const foldAscii = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
