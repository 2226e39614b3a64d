import type { CallRecord } from '../../src-shared/contract/call.ts';
import { begun, served } from '../unit/ledger/sample-call.ts';

// Both the killed process and the test know what each call looks like, so that a wrong row is seen as well as a lost one.

const idOf = (run: string, n: number): string => `call_${run}_${n}`;

export const begunCall = (run: string, n: number): CallRecord =>
  begun(idOf(run, n), { startedAt: 1_800_000_000_000 + n, requestBytes: n });

/** What goes with a call's end; longer ones span the chunks that the writer reads. */
export const decisionsOf = (run: string, n: number): unknown[] =>
  n % 3 === 0
    ? []
    : [
        [1, run, n],
        [2, 'Zoë "quoted"', n],
      ];

export function settledCall(run: string, n: number): CallRecord {
  const fields = { startedAt: 1_800_000_000_000 + n, requestBytes: n, outputTokens: n * 3, costMicroUsd: n * 11 };
  return n % 4 === 0
    ? served(idOf(run, n), {
        ...fields,
        status: 'error',
        httpStatus: 502,
        errorCode: 'upstream_error',
        reason: `Réason ${n}`,
      })
    : served(idOf(run, n), fields);
}
