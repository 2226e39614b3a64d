import type { RelayError } from '../../src-shared/domain/relay-error.ts';

/** Why an attempt failed and what follows from it; the one thing that the attempt loop decides by. */
export interface Failure {
  /** What the client is told if no other account can serve the call. */
  readonly error: RelayError;
  /**
   * - `limit`: the account rests until its reset · `login`: a person must sign in again · `plan`: the account is not entitled
   * - `model`: the account lacks this model · `path`: 5xx, cuts, silence, network; no account is to blame
   * - `request`: the request itself; the same everywhere · `foreign-state`: it replays another account's encrypted state
   */
  readonly blame: 'limit' | 'login' | 'plan' | 'model' | 'path' | 'request' | 'foreign-state';
  readonly httpStatus: number | null;
  /** For `limit`: which family rests, and until when (ms); `null` where the upstream did not say. */
  readonly family: string | null;
  readonly restUntil: number | null;
}

/** Whether another account may succeed where this one failed. */
export const worthFailover = (failure: Failure): boolean =>
  failure.blame !== 'request' && failure.blame !== 'foreign-state';
