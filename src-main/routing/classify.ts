import { type ErrorCode, RelayError } from '../../src-shared/domain/relay-error.ts';
import { type Failure, type PathFault, pathFailure } from './failure.ts';
import type { RefusalFacts } from './refusal-facts.ts';

/** A refusal, and what the accounts room read from it about the end of a limit (PROTOCOL 5). */
export interface Refusal extends RefusalFacts {
  /** Milliseconds since the epoch; `null` where the upstream gave no hint. */
  readonly resetsAt: number | null;
  readonly family: string;
}

interface ErrorFields {
  readonly code: string;
  readonly type: string;
  readonly message: string;
  readonly param: string | null;
}

/** The codes of PROTOCOL 3.3 and 5, by what they mean for the pool. */
const throttleCodes = new Set(['rate_limit_exceeded', 'rate_limit_error']);
const quotaCodes = new Set([
  'usage_limit_reached',
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
]);
const overloadCodes = new Set([
  'server_is_overloaded',
  'overloaded_error',
  'overloaded',
  'flex_unavailable',
  'slow_down',
]);
const planCodes = new Set([
  'usage_not_included',
  'account_deactivated',
  'workspace_deactivated',
  'deactivated_workspace',
]);
const requestCodes = new Set([
  'context_length_exceeded',
  'invalid_prompt',
  'cyber_policy',
  'bio_policy',
  'misalignment_policy_violation',
  'content_policy_violation',
  'invalid_request_error',
]);

/** Says what a refusal means (FAULTS 1.2.5, 2.1): whose fault, how long, and what the client would be told. */
export function classifyRefusal(refusal: Refusal): Failure {
  const { status } = refusal;
  const fields = errorFields(refusal.body);
  const code = fields.code || fields.type;
  const said = fields.message === '' ? '' : `: ${fields.message}`;
  const make = (blame: Failure['blame'], error: RelayError): Failure => ({
    error,
    blame,
    httpStatus: status,
    fault: null,
    family: null,
    restUntil: null,
  });
  const limit = (family: string | null): Failure => ({
    ...make('limit', upstreamError('usage_limit_reached', `The account has reached its limit${said}`)),
    family,
    restUntil: refusal.resetsAt,
  });
  const path = (fault: PathFault, message: string): Failure =>
    pathFailure(upstreamError('upstream_error', message), fault, status);

  if (overloadCodes.has(code) && status !== 429) return path('overloaded', `The upstream is overloaded${said}`);
  if (planCodes.has(code) || status === 402) {
    return make('plan', upstreamError('upstream_error', `This account's plan does not cover the call${said}`));
  }
  if (quotaCodes.has(code) || quotaCodes.has(fields.type)) return limit(refusal.family);
  if (throttleCodes.has(code) || status === 429) return limit(throttledFamily(refusal));
  if (status === 401) return make('login', upstreamError('no_available_accounts', 'The upstream refused this login.'));
  if (isForeignState(code, fields.message)) {
    return make('foreign-state', requestError('invalid_encrypted_content', 400, fields));
  }
  if (lacksModel(code, fields.message)) return make('model', requestError('model_not_found', 404, fields));
  if (requestCodes.has(code)) return make('request', requestError(ownCode(code), status ?? 400, fields));
  if (status === 403) {
    const page = refusal.body === undefined;
    return page
      ? path('broken', 'The upstream answered with a block page instead of JSON (403).')
      : make('plan', upstreamError('upstream_error', `The upstream forbids this account the call${said}`));
  }
  if (status !== null && status >= 400 && status < 500 && status !== 408) {
    return make('request', requestError(ownCode(code), status, fields));
  }
  return path('broken', `The upstream failed (${status ?? 'in its stream'})${said}`);
}

/** The same failure under the code that the upstream gave it, where it gave one. */
export function asDeclared(failure: Failure, body: unknown): Failure {
  const { code, type } = errorFields(body);
  const upstreamCode = failure.error.upstreamCode ?? (code || type || null);
  const { message, status, type: ownType, param, retryAfterMs, resetsAt } = failure.error;
  const details = { message, status, type: ownType, param, retryAfterMs, resetsAt, upstreamCode };
  return { ...failure, error: new RelayError(failure.error.code, details) };
}

const upstreamError = (own: ErrorCode, message: string): RelayError => new RelayError(own, { message });

/** A rate limit that names no family is one of this model: the others are not to wait for it (FAULTS R-09). */
const throttledFamily = ({ headers, family }: Refusal): string | null =>
  headers['x-codex-active-limit'] === undefined ? null : family;

const ownCodes: Readonly<Record<string, ErrorCode>> = {
  context_length_exceeded: 'context_length_exceeded',
  content_policy_violation: 'content_filter',
};

const ownCode = (code: string): ErrorCode => ownCodes[code] ?? 'invalid_value';

/** A 4xx about the request goes to the client as the upstream said it: status, type, code and param (FAULTS U-08). */
function requestError(code: ErrorCode, status: number, fields: ErrorFields): RelayError {
  return new RelayError(code, {
    status: status >= 400 && status < 500 ? status : 400,
    type: fields.type === '' ? 'invalid_request_error' : fields.type,
    param: fields.param,
    upstreamCode: fields.code === '' ? null : fields.code,
    ...(fields.message === '' ? {} : { message: fields.message }),
  });
}

const isForeignState = (code: string, message: string): boolean =>
  code === 'invalid_encrypted_content' || message.includes('organization_id did not match');

const lacksModel = (code: string, message: string): boolean =>
  code === 'model_not_found' || /model.{0,120}is not (supported|available) when using codex/i.test(message);

/** Both error shapes of PROTOCOL 2.7, and those of events. Upstream text is data: cut, and stripped of control characters. */
export function errorFields(body: unknown): ErrorFields {
  const root = record(body);
  const response = record(root?.['response']);
  const error = record(root?.['error']) ?? record(response?.['error']) ?? record(root?.['detail']) ?? root;
  const detail = root?.['detail'];
  const message = text(error?.['message']) || (typeof detail === 'string' ? text(detail) : '');
  const param = error?.['param'];
  const type = text(error?.['type']);
  return {
    code: text(error?.['code']),
    type: type === 'error' || type.startsWith('response.') ? '' : type,
    message,
    param: typeof param === 'string' ? param.slice(0, 200) : null,
  };
}

const record = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

const text = (value: unknown): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  typeof value === 'string' ? value.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 1_000) : '';
