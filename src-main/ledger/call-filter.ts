import type { CallQuery, CallRecord } from '../../src-shared/contract/call.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { SqlValue } from './database.ts';

// The same filter twice: in SQL for rows of the database, in TypeScript for calls that are not there yet. They must agree.

export interface CallCursor {
  readonly startedAt: number;
  readonly id: string;
}

export const cursorOf = (call: CallCursor): string => `${call.startedAt}:${call.id}`;

export function readCursor(text: string | undefined): CallCursor | null {
  if (text === undefined) return null;
  const match = /^(\d{1,16}):(.{1,200})$/s.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new RelayError('invalid_value', {
      message: 'This cursor is not one that Relay gave out. Ask for the first page again.',
      param: 'cursor',
    });
  }
  return { startedAt: Number(match[1]), id: match[2] };
}

/** Negative where `a` comes first: newest first, and by id where two calls began in the same millisecond. */
export function compareCalls(a: CallCursor, b: CallCursor): number {
  if (a.startedAt !== b.startedAt) return b.startedAt - a.startedAt;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

export function matchesQuery(call: CallRecord, query: CallQuery): boolean {
  if (query.status !== undefined && call.status !== query.status) return false;
  if (query.accountId !== undefined && call.accountId !== query.accountId) return false;
  if (query.keyId !== undefined && call.keyId !== query.keyId) return false;
  if (query.model !== undefined && call.modelAsked !== query.model && call.modelRan !== query.model) return false;
  if (query.text === undefined || query.text === '') return true;
  const needle = foldAscii(query.text);
  return [
    call.modelAsked,
    call.modelRan,
    call.client,
    call.keyName,
    call.accountLabel,
    call.errorCode,
    call.reason,
  ].some((value) => value !== null && foldAscii(value).includes(needle));
}

const searched = ['model_asked', 'model_ran', 'client', 'key_name', 'account_label', 'error_code', 'reason'];

export interface CallCondition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** `instr` instead of LIKE: no wildcard to escape, and linear for any search text (FAULTS S-12). */
export function queryCondition(query: CallQuery): CallCondition {
  const terms: string[] = [];
  const params: SqlValue[] = [];
  const add = (term: string, ...values: SqlValue[]): void => {
    terms.push(term);
    params.push(...values);
  };
  if (query.status !== undefined) add('status = ?', query.status);
  // Said in the words of the partial index, which SQLite cannot match to a parameter.
  if (query.status !== undefined && query.status !== 'ok') add("status <> 'ok'");
  if (query.accountId !== undefined) add('account_id = ?', query.accountId);
  if (query.keyId !== undefined) add('key_id = ?', query.keyId);
  if (query.model !== undefined) add('(model_asked = ? OR model_ran = ?)', query.model, query.model);
  if (query.text !== undefined && query.text !== '') {
    const needle = foldAscii(query.text);
    add(`(${searched.map((name) => `instr(lower(${name}), ?) > 0`).join(' OR ')})`, ...searched.map(() => needle));
  }
  return { sql: terms.length === 0 ? 'TRUE' : terms.join(' AND '), params };
}

/** Folds the letters that SQLite's `lower` folds, and no others. */
const foldAscii = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
