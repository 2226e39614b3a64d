import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { toRelayError } from '../protocol/error-body.ts';
import { admitCall, noOutcome } from './call.ts';
import type { CallerIdentity, GatewayPorts } from './ports.ts';

/** A call that did not come to run. Times are monotonic ms, as `admitCall` takes them. */
export interface RefusedCall {
  readonly record: CallRecord;
  readonly identity: CallerIdentity;
  readonly arrivedAt: number;
  readonly beganAt: number;
  /** Aborts when the client is gone. */
  readonly left: AbortSignal;
}

export interface Refusal {
  readonly error: RelayError;
  /** `x-ratelimit-*` of the call's key. */
  readonly headers: Record<string, string>;
}

/**
 * Writes down a call that was refused before it ran, and gives what its client is told. Whatever it was refused for, a client
 * that had left by then has cancelled it.
 */
export function refuseCall(
  ports: Pick<GatewayPorts, 'calls' | 'gate' | 'log'>,
  { record, identity, arrivedAt, beganAt, left }: RefusedCall,
  thrown: unknown,
): Refusal {
  const error = toRelayError(thrown);
  if (error.code === 'internal_error') {
    ports.log.error({ err: thrown, call: record.id }, 'A request failed inside Relay');
  }
  admitCall(ports.calls, record, arrivedAt, beganAt).settle(
    left.aborted
      ? { ...noOutcome, status: 'cancelled', httpStatus: 499, reason: 'the client left' }
      : { ...noOutcome, status: 'error', httpStatus: error.status, error },
  );
  return { error, headers: ports.gate.headers(identity) };
}
