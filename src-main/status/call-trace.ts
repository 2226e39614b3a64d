import { createHash } from 'node:crypto';
import type { Attempt, CallRecord } from '../../src-shared/contract/call.ts';

/** A span in the JSON of OTLP (opentelemetry-proto, trace/v1). */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 2 is SERVER, 3 is CLIENT. */
  readonly kind: 2 | 3;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  /** Code 2 is an error. */
  readonly status: { readonly code: 0 | 2; readonly message?: string };
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string } | { readonly boolValue: boolean };
}

/**
 * A settled call as a trace: one span for it and one below for each attempt, by OpenTelemetry's conventions for generative AI.
 * No prompt, no answer, no label and no mail address is in it. `hostOf` names the upstream of an account, where it is still there.
 */
export function callTrace(call: CallRecord, hostOf: (accountId: string) => string | null): Span[] {
  const traceId = digest(call.id, 32);
  const spanId = digest(`${call.id} call`, 16);
  const operation = call.endpoint === 'passthrough' ? 'passthrough' : 'chat';
  const root: Span = {
    traceId,
    spanId,
    name: `${operation} ${call.modelAsked}`.trim(),
    kind: 2,
    ...times(call.startedAt, call.durationMs),
    attributes: attributesOf({
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': 'openai',
      // The name before `gen_ai.provider.name`, which backends still look for.
      'gen_ai.system': 'openai',
      'gen_ai.request.model': call.modelAsked === '' ? null : call.modelAsked,
      'gen_ai.response.model': call.modelRan,
      'gen_ai.response.id': call.responseId,
      'gen_ai.conversation.id': call.conversationId,
      'gen_ai.usage.input_tokens': call.inputTokens,
      'gen_ai.usage.output_tokens': call.outputTokens,
      'http.response.status_code': call.httpStatus,
      'error.type': errorOf(call),
      ...serverOf(call.accountId, hostOf),
      'relay.call.id': call.id,
      'relay.call.status': call.status,
      'relay.endpoint': call.endpoint,
      'relay.stream': call.stream,
      'relay.key.id': call.keyId,
      'relay.account.id': call.accountId,
      'relay.attempts': call.attempts.length,
      'relay.ttft_ms': call.ttftMs === null ? null : Math.round(call.ttftMs),
      'relay.cost_micro_usd': call.costMicroUsd,
    }),
    status: { code: call.status === 'error' ? 2 : 0 },
  };
  return [
    root,
    ...call.attempts.map((attempt, index) => attemptSpan(call, attempt, index, { traceId, spanId, hostOf })),
  ];
}

interface Above {
  readonly traceId: string;
  readonly spanId: string;
  readonly hostOf: (accountId: string) => string | null;
}

function attemptSpan(call: CallRecord, attempt: Attempt, index: number, above: Above): Span {
  const failed = attempt.outcome === 'failed';
  return {
    traceId: above.traceId,
    spanId: digest(`${call.id} attempt ${index}`, 16),
    parentSpanId: above.spanId,
    name: `attempt ${index + 1}`,
    kind: 3,
    ...times(attempt.startedAt, attempt.durationMs),
    attributes: attributesOf({
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': call.modelRan ?? (call.modelAsked || null),
      'http.response.status_code': attempt.httpStatus,
      'error.type': failed ? (attempt.errorCode ?? '_OTHER') : null,
      ...serverOf(attempt.accountId, above.hostOf),
      'relay.account.id': attempt.accountId,
      'relay.attempt.outcome': attempt.outcome,
    }),
    status: { code: failed ? 2 : 0 },
  };
}

function serverOf(accountId: string | null, hostOf: Above['hostOf']) {
  const host = accountId === null ? null : hostOf(accountId);
  const port = host === null ? null : /:(\d+)$/.exec(host);
  if (host === null || port == null) return { 'server.address': host };
  return { 'server.address': host.slice(0, port.index), 'server.port': Number(port[1]) };
}

const errorOf = ({ status, errorCode }: CallRecord): string | null => {
  if (status === 'ok') return null;
  return errorCode ?? (status === 'error' ? '_OTHER' : status);
};

const times = (startedAt: number, durationMs: number | null) => ({
  startTimeUnixNano: nanos(startedAt),
  endTimeUnixNano: nanos(startedAt + (durationMs ?? 0)),
});

/** More digits than a number has. */
const nanos = (ms: number): string => `${Math.floor(ms)}${String(Math.floor((ms % 1) * 1e6)).padStart(6, '0')}`;

/** What is not known is left out. */
const attributesOf = (values: Readonly<Record<string, string | number | boolean | null>>): Attribute[] =>
  Object.entries(values).flatMap(([key, value]): Attribute[] => {
    if (value === null) return [];
    if (typeof value === 'string') return [{ key, value: { stringValue: value } }];
    if (typeof value === 'boolean') return [{ key, value: { boolValue: value } }];
    return [{ key, value: { intValue: String(Math.round(value)) } }];
  });

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);
