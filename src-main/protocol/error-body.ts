import { RelayError } from '../../src-shared/domain/relay-error.ts';

export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
    readonly resets_at?: number;
    readonly resets_in_seconds?: number;
  };
}

/** Codes that OpenAI's clients know under another name than the table's. */
const clientCodes: Readonly<Record<string, string>> = { tokens_exceeded: 'rate_limit_exceeded' };

/**
 * The OpenAI-shaped body of an error (FAULTS 2.0).
 * The Codex CLI goes by `error.type` and takes a limit at once only as `usage_limit_reached` (PROTOCOL 5).
 */
export function errorBody(error: RelayError, now: number, forCodex = false): ErrorBody {
  const code = error.upstreamCode ?? clientCodes[error.code] ?? error.code;
  return {
    error: {
      message: error.message,
      type: forCodex && error.code === 'usage_limit_reached' ? 'usage_limit_reached' : error.type,
      param: error.param,
      code,
      ...(error.resetsAt === null
        ? {}
        : {
            resets_at: Math.ceil(error.resetsAt / 1_000),
            resets_in_seconds: Math.max(1, Math.ceil((error.resetsAt - now) / 1_000)),
          }),
    },
  };
}

/** Longest wait that the OpenAI libraries honour by themselves; beyond it they are told not to retry. */
const LONGEST_CLIENT_WAIT_MS = 60_000;

export function errorHeaders(error: RelayError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.allow !== null) headers['allow'] = error.allow.join(', ');
  if (error.status === 401) headers['www-authenticate'] = 'Bearer';
  if (error.retryAfterMs !== null) headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
  const tooLong = error.retryAfterMs !== null && error.retryAfterMs > LONGEST_CLIENT_WAIT_MS;
  if (tooLong || ((error.status === 429 || error.status >= 500) && !error.retryable))
    headers['x-should-retry'] = 'false';
  if (closing.has(error.status) || error.close) headers['connection'] = 'close';
  return headers;
}

/** Refusals after which the rest of the request is not read. */
const closing = new Set([408, 413, 415, 431]);

/** Any thrown thing as a RelayError; what is not one is a bug and its text stays inside. */
export function toRelayError(thrown: unknown): RelayError {
  return thrown instanceof RelayError ? thrown : new RelayError('internal_error', { cause: thrown });
}

/** The error event that ends a Responses stream after it began (FAULTS 2.0, "after output began"). */
export function responsesErrorEvent(error: RelayError, now: number, sequenceNumber: number): Record<string, unknown> {
  const { error: body } = errorBody(error, now);
  return {
    type: 'error',
    code: body.code,
    message: body.message,
    param: body.param,
    sequence_number: sequenceNumber,
    error: body,
  };
}
