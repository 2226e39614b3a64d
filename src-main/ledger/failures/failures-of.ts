import { createHash } from 'node:crypto';
import type { Attempt, CallRecord } from '../../../src-shared/contract/call.ts';
import type { CausePhase } from '../../../src-shared/contract/failure.ts';

/** What failures have in common that are the same trouble, whichever account, key or model met it. */
export interface Cause {
  readonly phase: CausePhase;
  readonly code: string | null;
  readonly httpStatus: number | null;
  readonly upstream: Attempt['upstream'];
}

export interface CallFailure {
  readonly cause: Cause;
  /** The place of the attempt in its call; -1 where the call failed otherwise. */
  readonly attempt: number;
  /** The client saw it; else another attempt took over. */
  readonly seen: boolean;
  readonly accountId: string | null;
}

/** The same for the same cause in every ledger. */
export function causeName({ phase, code, httpStatus, upstream }: Cause): string {
  const signature = JSON.stringify([phase, code, httpStatus, upstream]);
  return `err_${createHash('sha256').update(signature).digest('hex').slice(0, 16)}`;
}

/**
 * Every failure that a call met, once it is settled. A call that failed for its client has exactly one that was seen: its last attempt's,
 * where that is what the client was told, else one of its own.
 */
export function failuresOf(call: CallRecord): CallFailure[] {
  if (call.status === 'inflight') return [];
  const failures = call.attempts.flatMap((attempt, index): CallFailure[] =>
    attempt.outcome === 'failed' || attempt.outcome === 'continued'
      ? [
          {
            cause: causeOf(attempt, endsOutput(call, index)),
            attempt: index,
            seen: false,
            accountId: attempt.accountId,
          },
        ]
      : [],
  );
  if (call.status !== 'error' && call.status !== 'interrupted') return failures;
  const last = failures.at(-1);
  const isLastAttempt = last !== undefined && last.attempt === call.attempts.length - 1;
  if (call.status === 'error' && isLastAttempt && last.cause.code === call.errorCode) {
    return [...failures.slice(0, -1), { ...last, seen: true }];
  }
  return [...failures, { cause: ownCause(call), attempt: -1, seen: true, accountId: call.accountId }];
}

/** The attempt had given the client output when it failed. */
const endsOutput = (call: CallRecord, index: number): boolean =>
  call.attempts[index]?.outcome === 'continued' || (index === call.attempts.length - 1 && call.ttftMs !== null);

function causeOf(attempt: Attempt, afterOutput: boolean): Cause {
  const { errorCode: code, httpStatus, upstream } = attempt;
  return { phase: phaseOf(attempt, afterOutput), code, httpStatus, upstream };
}

function phaseOf({ errorCode, httpStatus, firstByteMs }: Attempt, afterOutput: boolean): CausePhase {
  if (afterOutput) return 'stream';
  if (httpStatus !== null && httpStatus >= 400) return 'answer';
  if (firstByteMs !== null) return 'first-output';
  return errorCode === 'upstream_connection_error' ? 'connect' : 'wait';
}

function ownCause(call: CallRecord): Cause {
  if (call.status === 'interrupted') return { ...noUpstream, phase: 'relay', code: 'interrupted', httpStatus: null };
  const phase = call.ttftMs !== null ? 'stream' : call.attempts.length === 0 ? 'admission' : 'routing';
  return { ...noUpstream, phase, code: call.errorCode, httpStatus: call.httpStatus };
}

const noUpstream = { upstream: null };
