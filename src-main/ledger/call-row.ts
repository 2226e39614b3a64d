import { z } from 'zod';
import { type CallRecord, callSchema } from '../../src-shared/contract/call.ts';
import type { SqlValue } from './database.ts';

const columns = {
  id: 'id',
  startedAt: 'started_at',
  endpoint: 'endpoint',
  stream: 'stream',
  status: 'status',
  httpStatus: 'http_status',
  errorCode: 'error_code',
  reason: 'reason',
  keyId: 'key_id',
  keyName: 'key_name',
  project: 'project',
  member: 'member',
  client: 'client',
  userAgent: 'user_agent',
  modelAsked: 'model_asked',
  modelRan: 'model_ran',
  effort: 'effort',
  serviceTier: 'service_tier',
  accountId: 'account_id',
  accountLabel: 'account_label',
  conversationId: 'conversation_id',
  responseId: 'response_id',
  attempts: 'attempts',
  dropped: 'dropped',
  spliced: 'spliced',
  overflow: 'overflow',
  heldMs: 'held_ms',
  inputTokens: 'input_tokens',
  cachedTokens: 'cached_tokens',
  cacheWriteTokens: 'cache_write_tokens',
  outputTokens: 'output_tokens',
  reasoningTokens: 'reasoning_tokens',
  usageEstimated: 'usage_estimated',
  costMicroUsd: 'cost_micro_usd',
  spentMicroUsd: 'spent_micro_usd',
  requestBytes: 'request_bytes',
  ttftMs: 'ttft_ms',
  durationMs: 'duration_ms',
  overheadMs: 'overhead_ms',
} satisfies Record<keyof CallRecord, string>;

/** `facets` belongs to the row, not to the call. */
const names = [...Object.values(columns), 'facets'];

/** Each column under the name of its field. */
export const callSelection = Object.entries(columns)
  .map(([field, column]) => `${column} AS "${field}"`)
  .join(', ');

/**
 * Replayed lines meet rows that are there already: a begun call changes nothing then, a settled one replaces the row.
 * So any part of the journal can be applied again, as often as needed.
 */
export const upsertCall = `INSERT INTO calls (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
ON CONFLICT (id) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
WHERE excluded.status <> 'inflight'`;

/** The parameters of `upsertCall`; `facets` is `null` while the call is in no sum. */
export function callParams(call: CallRecord, facets: number | null = null): SqlValue[] {
  return [
    call.id,
    call.startedAt,
    call.endpoint,
    call.stream ? 1 : 0,
    call.status,
    call.httpStatus,
    call.errorCode,
    call.reason,
    call.keyId,
    call.keyName,
    call.project,
    call.member,
    call.client,
    call.userAgent,
    call.modelAsked,
    call.modelRan,
    call.effort,
    call.serviceTier,
    call.accountId,
    call.accountLabel,
    call.conversationId,
    call.responseId,
    JSON.stringify(call.attempts),
    JSON.stringify(call.dropped),
    call.spliced,
    call.overflow ? 1 : 0,
    call.heldMs,
    call.inputTokens,
    call.cachedTokens,
    call.cacheWriteTokens,
    call.outputTokens,
    call.reasoningTokens,
    call.usageEstimated ? 1 : 0,
    call.costMicroUsd,
    call.spentMicroUsd,
    call.requestBytes,
    call.ttftMs,
    call.durationMs,
    call.overheadMs,
    facets,
  ];
}

/** Reads a row selected with `callSelection`. */
export function readCallRow(row: Record<string, unknown>): CallRecord {
  return callSchema.parse({
    ...row,
    stream: row['stream'] === 1,
    overflow: row['overflow'] === 1,
    usageEstimated: row['usageEstimated'] === 1,
    attempts: JSON.parse(String(row['attempts'])),
    dropped: JSON.parse(String(row['dropped'])),
  });
}

export interface JournalLine {
  readonly call: CallRecord;
  readonly decisions: readonly unknown[];
}

/** One line of the journal, or `null` where it is not a whole call: torn by a kill or damaged. */
export function readJournalLine(line: string): JournalLine | null {
  try {
    const json: unknown = JSON.parse(line);
    return { call: callSchema.parse(json), decisions: decisionsSchema.parse(json).decisions };
  } catch {
    return null;
  }
}

const decisionsSchema = z.object({ decisions: z.array(z.unknown()).default([]) });

/** Safe to apply again, as `upsertCall` is. */
export const upsertDecisions =
  'INSERT INTO decisions (call_id, body) VALUES (?, ?) ON CONFLICT (call_id) DO UPDATE SET body = excluded.body';
