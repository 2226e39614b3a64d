import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { connectionWords } from '../protocol/connection-words.ts';
import { asObject, asText, type JsonObject, parseObject } from '../protocol/json-object.ts';

/** Thrown where the sign-in service answers anything but a success. The message is a sentence; the code is the service's own. */
export class IssuerRefusal extends Error {
  readonly status: number;
  /** As in `invalid_grant` or `refresh_token_reused`; `null` where the answer has none. */
  readonly code: string | null;

  constructor(host: string, status: number, body: string) {
    const code = codeOf(parseObject(body));
    super(`${host} refused with HTTP ${status}${code === null ? '' : ` (${code})`}.`);
    this.name = 'IssuerRefusal';
    this.status = status;
    this.code = code;
  }
}

/** `error.code`, or `error` where it is a string, or a top-level `code` (PROTOCOL 1.3). Free text is not repeated. */
function codeOf(body: JsonObject | null): string | null {
  const code = asText(asObject(body?.['error'])?.['code']) ?? asText(body?.['error']) ?? asText(body?.['code']);
  return code !== null && /^[\w.-]{1,64}$/.test(code) ? code : null;
}

/** What went wrong on the way to the service as a RelayError; what is one already, or a refusal, as it came. */
export function issuerFailure(error: unknown, host: string, isLate: boolean): unknown {
  if (error instanceof IssuerRefusal || error instanceof RelayError) return error;
  if (isLate) {
    return new RelayError('upstream_timeout', { message: `The sign-in service (${host}) did not answer in time.` });
  }
  if (error instanceof RangeError) {
    return new RelayError('upstream_invalid_response', { message: `${host} sent more than a sign-in service would.` });
  }
  const why = connectionWords(codeOfCause(error) ?? '');
  return new RelayError('upstream_connection_error', {
    message: `The sign-in service (${host}) could not be reached: ${why}. Check the network, then try again.`,
    cause: error,
  });
}

/** False where the service certainly never saw the request. */
export function wasSent(error: RelayError): boolean {
  if (error.code !== 'upstream_connection_error') return true;
  return !/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(
    codeOfCause(error.cause) ?? '',
  );
}

/** An answer that oauth4webapi did not accept. Its errors carry the whole answer, tokens too, so only their words are kept. */
export function notALogin(error: unknown, host: string): RelayError {
  return new RelayError('upstream_invalid_response', {
    message: `${host} sent tokens that are not a valid login. Start the sign-in again.`,
    cause: new Error(error instanceof Error ? error.message : 'The answer could not be read.'),
  });
}

/** fetch says only that it failed; the reason is in what caused it. */
function codeOfCause(error: unknown): string | null {
  const cause = error instanceof Error ? (error.cause ?? error) : null;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}
