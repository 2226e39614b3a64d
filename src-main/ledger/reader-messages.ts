import type { CallQuery, CallRecord, CallValues, CallValuesQuery } from '../../src-shared/contract/call.ts';
import type { FailureList, FailureQuery } from '../../src-shared/contract/failure.ts';
import type { UsageHours, UsageHoursQuery, UsageQuery, UsageView } from '../../src-shared/contract/usage.ts';
import type { UsageForm } from '../../src-shared/format/usage-text.ts';
import type { SqlValue } from './database.ts';
import type { FoundCalls } from './search/call-search.ts';
import type { UsageContext } from './usage/measure-query.ts';

export type ReadRequest =
  | { readonly type: 'calls'; readonly query: CallQuery; readonly except: readonly string[] }
  | { readonly type: 'call'; readonly id: string }
  | { readonly type: 'values'; readonly query: CallValuesQuery }
  | { readonly type: 'failures'; readonly query: FailureQuery; readonly now: number }
  | { readonly type: 'usage'; readonly query: UsageQuery; readonly context: UsageContext }
  | { readonly type: 'usageText'; readonly query: UsageQuery; readonly form: UsageForm; readonly context: UsageContext }
  | { readonly type: 'hours'; readonly query: UsageHoursQuery; readonly context: UsageContext }
  | { readonly type: 'all'; readonly sql: string; readonly params: readonly SqlValue[] };

export type ToReader = ReadRequest & { readonly request: number };

export type ReadAnswer =
  | { readonly type: 'calls'; readonly found: FoundCalls }
  | { readonly type: 'values'; readonly values: CallValues }
  | { readonly type: 'failures'; readonly failures: FailureList }
  | { readonly type: 'call'; readonly call: CallRecord | null }
  | { readonly type: 'usage'; readonly usage: UsageView }
  | { readonly type: 'usageText'; readonly text: string }
  | { readonly type: 'hours'; readonly hours: UsageHours }
  | { readonly type: 'all'; readonly rows: Record<string, unknown>[] }
  | { readonly type: 'refused'; readonly message: string; readonly param: string | null }
  | { readonly type: 'failed'; readonly reason: string };

export type FromReader = ReadAnswer & { readonly request: number };
