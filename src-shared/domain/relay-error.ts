/** Every refusal and failure that Relay itself can name. The table below is the only place that maps one to HTTP. */
export type ErrorCode = keyof typeof errorTable;

interface ErrorRow {
  readonly status: number;
  /** OpenAI's `error.type`. */
  readonly type: string;
  /** True where the same request may succeed later or elsewhere without being changed. */
  readonly retryable: boolean;
  /** What a person reads when the thrower has nothing more exact to say. */
  readonly sentence: string;
}

const request = 'invalid_request_error';
const server = 'server_error';

const row = (status: number, type: string, retryable: boolean, sentence: string): ErrorRow => ({
  status,
  type,
  retryable,
  sentence,
});

const errorTable = {
  invalid_api_key: row(
    401,
    request,
    false,
    'This is not a valid Relay key. Create one with: relay keys create --name me',
  ),
  permission_denied: row(403, request, false, 'This key is not allowed to do that.'),
  forbidden_host: row(403, request, false, 'Relay answers only to its own host names.'),
  forbidden_origin: row(403, request, false, 'Relay does not answer requests from web pages of another origin.'),
  invalid_json: row(400, request, false, 'The request body is not valid JSON.'),
  invalid_type: row(400, request, false, 'A field of the request has the wrong type.'),
  invalid_value: row(400, request, false, 'A field of the request has a value that cannot be used.'),
  unsupported_parameter: row(400, request, false, 'A parameter of the request is not supported.'),
  invalid_encrypted_content: row(400, request, false, 'The encrypted content belongs to another account.'),
  previous_response_not_found: row(400, request, false, 'The previous response is not known here.'),
  context_length_exceeded: row(400, request, false, 'The input is longer than the model can take.'),
  content_filter: row(400, request, false, 'The upstream refused this content.'),
  model_not_found: row(404, request, false, 'No account offers this model.'),
  not_found: row(404, request, false, 'Relay does not serve this path.'),
  method_not_allowed: row(405, request, false, 'This path does not take this method.'),
  request_timeout: row(408, request, false, 'The request took too long to arrive.'),
  conflict: row(409, request, false, 'Another request is doing this already.'),
  precondition_failed: row(412, request, false, 'It was changed by someone else meanwhile. Read it again first.'),
  body_too_large: row(413, request, false, 'The request body is too large.'),
  unsupported_media_type: row(415, request, false, 'Send the body as application/json.'),
  unsupported_encoding: row(
    415,
    request,
    false,
    'This Content-Encoding is not supported: use zstd, gzip, br or deflate.',
  ),
  upgrade_required: row(
    426,
    request,
    false,
    'This path takes WebSocket upgrades only in the form the Codex CLI sends.',
  ),
  headers_too_large: row(431, request, false, 'The request headers are too large.'),
  rate_limit_exceeded: row(429, 'requests', true, 'This key has reached its rate limit.'),
  tokens_exceeded: row(429, 'tokens', true, 'This key has reached its token limit.'),
  insufficient_quota: row(429, 'insufficient_quota', false, 'This budget is spent.'),
  usage_limit_reached: row(429, 'rate_limit_error', true, 'All accounts are resting.'),
  internal_error: row(500, server, false, 'Something went wrong inside Relay.'),
  upstream_error: row(502, server, true, 'The upstream failed.'),
  upstream_invalid_response: row(502, server, true, 'The upstream sent something that is not an answer.'),
  upstream_stream_truncated: row(502, server, true, 'The upstream ended its answer too early.'),
  upstream_connection_error: row(502, server, true, 'The upstream could not be reached.'),
  upstream_event_too_large: row(502, server, false, 'The upstream sent an event larger than Relay accepts.'),
  upstream_timeout: row(504, server, true, 'The upstream stayed silent for too long.'),
  too_many_calls: row(503, server, true, 'Relay serves as many calls as it can. Try again in a moment.'),
  no_available_accounts: row(503, server, false, 'No account can serve this call. Add one or sign in again.'),
  upstream_unavailable: row(503, server, true, 'Every account is failing at the moment.'),
  relay_paused: row(503, server, false, 'Relay is paused. Resume it with: relay resume'),
  shutting_down: row(503, server, true, 'Relay is shutting down.'),
  storage_error: row(500, server, false, 'The data folder cannot be used.'),
  secrets_locked: row(503, server, false, 'The keychain is locked. Unlock your keyring.'),
} satisfies Record<string, ErrorRow>;

export interface RelayErrorDetails {
  readonly message?: string;
  /** The request field at fault, as OpenAI's `error.param`. */
  readonly param?: string | null;
  /** When it makes sense to try again, in milliseconds from now. */
  readonly retryAfterMs?: number | null;
  /** Overrides of the table for failures that an upstream named itself. */
  readonly status?: number;
  readonly type?: string;
  /** The code the upstream gave, when it is not one of Relay's own. */
  readonly upstreamCode?: string | null;
  /** When the earliest account is back, in milliseconds since the epoch. */
  readonly resetsAt?: number | null;
  /** The methods that the path takes, of a `method_not_allowed`. */
  readonly allow?: readonly string[];
  /** The connection of the refused request is not kept. */
  readonly close?: boolean;
  readonly cause?: unknown;
}

/** The one error class that may reach a client. Its message is one plain sentence and holds no secret. */
export class RelayError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly type: string;
  readonly retryable: boolean;
  readonly param: string | null;
  readonly retryAfterMs: number | null;
  readonly upstreamCode: string | null;
  readonly resetsAt: number | null;
  readonly allow: readonly string[] | null;
  readonly close: boolean;

  constructor(code: ErrorCode, details: RelayErrorDetails = {}) {
    const entry: ErrorRow = errorTable[code];
    super(details.message ?? entry.sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RelayError';
    this.code = code;
    this.status = details.status ?? entry.status;
    this.type = details.type ?? entry.type;
    this.retryable = entry.retryable;
    this.param = details.param ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.upstreamCode = details.upstreamCode ?? null;
    this.resetsAt = details.resetsAt ?? null;
    this.allow = details.allow ?? null;
    this.close = details.close ?? code === 'shutting_down';
  }
}
