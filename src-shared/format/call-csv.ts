import type { CallRecord } from '../contract/call.ts';
import { csvLine } from './csv.ts';

type Cell = string | number | boolean | null;

const columns: readonly (readonly [name: string, of: (call: CallRecord) => Cell])[] = [
  ['id', (call) => call.id],
  ['started_at', (call) => new Date(call.startedAt).toISOString()],
  ['endpoint', (call) => call.endpoint],
  ['stream', (call) => call.stream],
  ['status', (call) => call.status],
  ['http_status', (call) => call.httpStatus],
  ['error_code', (call) => call.errorCode],
  ['reason', (call) => call.reason],
  ['key', (call) => call.keyName],
  ['project', (call) => call.project],
  ['member', (call) => call.member],
  ['client', (call) => call.client],
  ['user_agent', (call) => call.userAgent],
  ['model_asked', (call) => call.modelAsked],
  ['model_ran', (call) => call.modelRan],
  ['effort', (call) => call.effort],
  ['account', (call) => call.accountLabel],
  ['attempts', (call) => call.attempts.length],
  ['spliced', (call) => call.spliced],
  ['overflow', (call) => call.overflow],
  ['input_tokens', (call) => call.inputTokens],
  ['cached_tokens', (call) => call.cachedTokens],
  ['output_tokens', (call) => call.outputTokens],
  ['reasoning_tokens', (call) => call.reasoningTokens],
  ['usage_estimated', (call) => call.usageEstimated],
  ['cost_micro_usd', (call) => call.costMicroUsd],
  ['spent_micro_usd', (call) => call.spentMicroUsd],
  ['request_bytes', (call) => call.requestBytes],
  ['ttft_ms', (call) => call.ttftMs],
  ['duration_ms', (call) => call.durationMs],
  ['overhead_ms', (call) => call.overheadMs],
];

export const callCsvHead = (): string => csvLine(columns.map(([name]) => name));

/** Unknown is empty. */
export const callCsvLine = (call: CallRecord): string => csvLine(columns.map(([, of]) => of(call)));
