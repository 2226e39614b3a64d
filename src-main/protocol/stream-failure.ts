import { asObject, asText, type JsonObject } from './json-object.ts';
import { retryHintMs } from './retry-hint.ts';

/** A failure that the upstream declared inside its stream, with whatever it said about a later try (FAULTS 1.2.2). */
export interface StreamFailure {
  readonly code: string | null;
  readonly type: string | null;
  readonly message: string;
  readonly param: string | null;
  readonly status: number | null;
  /** Milliseconds since the epoch as the upstream said, not yet held to any bounds. */
  readonly resetsAt: number | null;
  readonly retryAfterMs: number | null;
}

/** Reads a `response.failed` or a top-level `error` event, in each of the forms seen (PROTOCOL 3.3, 4.4, FAULTS 1.2.2). */
export function streamFailure(event: JsonObject): StreamFailure {
  const error = asObject(asObject(event['response'])?.['error']) ?? asObject(event['error']) ?? event;
  const type = error === event ? null : asText(error['type']);
  const message = asText(error['message']) ?? 'The upstream failed without saying why.';
  const headers = asObject(event['headers']);
  return {
    code: asText(error['code']) ?? type,
    type,
    message,
    param: asText(error['param']),
    status: amount(event['status_code']) ?? amount(event['status']) ?? amount(error['status_code']),
    resetsAt: epochMs(error['resets_at']),
    retryAfterMs:
      seconds(error['resets_in_seconds']) ??
      seconds(error['retry_after']) ??
      seconds(headerOf(headers, 'retry-after')) ??
      retryHintMs(message),
  };
}

const amount = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** Seconds as a rule; a figure too large for seconds is milliseconds (FAULTS 1.2.6). */
function epochMs(value: unknown): number | null {
  const given = amount(value);
  if (given === null) return null;
  return Math.round(Math.abs(given) >= 1e11 ? given : given * 1_000);
}

function seconds(value: unknown): number | null {
  const given = amount(typeof value === 'string' && value.trim() !== '' ? Number(value) : value);
  return given === null || given < 0 ? null : Math.round(given * 1_000);
}

function headerOf(headers: JsonObject | null, name: string): unknown {
  const entry = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return Array.isArray(entry?.[1]) ? entry[1][0] : entry?.[1];
}
