import { RelayError } from '../../src-shared/domain/relay-error.ts';

/**
 * What went wrong on the way to an account:
 * - `unreachable`: no connection, no name, no trust (TLS) · `cut`: reset, silence, an end without an end
 * - `broken`: the upstream itself failed: 5xx, a page, nonsense · `overloaded`: it is well, but has too much to do (FAULTS U-07)
 */
export type PathFault = 'unreachable' | 'cut' | 'broken' | 'overloaded';

/** Why an attempt failed and what follows from it; the one thing that the attempt loop decides by. */
export interface Failure {
  /** What the client is told if no other account can serve the call. */
  readonly error: RelayError;
  /**
   * - `limit`: the account rests until its reset · `login`: a person must sign in again · `plan`: the account is not entitled
   * - `model`: the account lacks this model · `path`: 5xx, cuts, silence, network; no account is to blame
   * - `credential`: there is none to send · `request`: the request itself; the same everywhere
   * - `foreign-state`: it replays another account's encrypted state
   */
  readonly blame: 'limit' | 'login' | 'plan' | 'model' | 'path' | 'credential' | 'request' | 'foreign-state';
  readonly httpStatus: number | null;
  /** For `path` only. */
  readonly fault: PathFault | null;
  /** For `limit` only: which family rests, `null` for the model alone; and until when (ms), `null` where the upstream did not say. */
  readonly family: string | null;
  readonly restUntil: number | null;
}

/** Whether another account may succeed where this one failed. */
export const worthFailover = (failure: Failure): boolean =>
  failure.blame !== 'request' && failure.blame !== 'foreign-state';

const nothingMore = { httpStatus: null, fault: null, family: null, restUntil: null };

/** `httpStatus` where the upstream answered at all. */
export const pathFailure = (error: RelayError, fault: PathFault, httpStatus: number | null = null): Failure => ({
  ...nothingMore,
  error,
  blame: 'path',
  fault,
  httpStatus,
});

/** Before anything was sent: there is no credential, or the request cannot be made for this account. */
export const unsentFailure = (error: RelayError): Failure => ({
  ...nothingMore,
  error,
  blame: withoutCredential.has(error.code) ? 'credential' : 'request',
});

/** What an account's credential is refused with: the next account may have one. */
const withoutCredential: ReadonlySet<string> = new Set([
  'no_available_accounts',
  'upstream_unavailable',
  'secrets_locked',
]);

/** Relay itself broke while it read an answer: nobody else's fault, and no other account would do better (FAULTS P-10). */
export const ownFailure = (thrown: unknown): Failure => ({
  ...nothingMore,
  error: new RelayError('internal_error', { cause: thrown }),
  blame: 'request',
});

const unreachableCodes =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;
const untrustedCodes = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/;

/** What a connection error before the answer's head says, by the codes of Node and undici. */
export function connectionFault(error: RelayError): PathFault {
  const { cause } = error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (unreachableCodes.test(code) || untrustedCodes.test(code)) return 'unreachable';
  return code.startsWith('HPE_') ? 'broken' : 'cut';
}
