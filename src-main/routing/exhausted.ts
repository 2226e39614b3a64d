import type { Decision, Verdict } from '../../src-shared/domain/decision.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Failure } from './failure.ts';

/** The one honest answer when no account is left (FAULTS 2.0); never a 5xx for a pool that only rests (PROTOCOL 5). */
export function exhausted(decision: Decision, last: Failure | null): RelayError {
  const { verdicts } = decision;
  const behind = (code: string): Verdict[] => verdicts.filter(({ gate }) => gate?.code === code);
  const resting = behind('resting');
  if (last !== null && (decision.chosen >= 0 || behind('tried').length > 0)) return last.error;
  if (resting.length > 0) return allResting(resting, decision.at);
  const unsuited = behind('lacks-model').length + behind('not-allowed').length;
  if (verdicts.length > 0 && unsuited === verdicts.length) {
    return new RelayError('model_not_found', {
      message: `No account that this key may use offers the model ${JSON.stringify(decision.model)}. GET /v1/models lists what is there.`,
      param: 'model',
    });
  }
  if (behind('at-capacity').length > 0) {
    return new RelayError('upstream_unavailable', {
      message: 'Every account that can serve this runs as many calls as you allow at once. Try again in a moment.',
      retryAfterMs: 1_000,
    });
  }
  return last?.blame === 'path' ? last.error : new RelayError('no_available_accounts');
}

function allResting(resting: readonly Verdict[], now: number): RelayError {
  const resetsAt = Math.min(...resting.map(({ gate }) => gate?.until ?? now));
  const count =
    resting.length === 1
      ? 'The only account that can serve this'
      : `All ${resting.length} accounts that can serve this`;
  return new RelayError('usage_limit_reached', {
    message: `${count} ${resting.length === 1 ? 'is' : 'are'} resting; work is back at ${new Date(resetsAt).toISOString()}.`,
    resetsAt,
    retryAfterMs: Math.max(1_000, resetsAt - now),
  });
}
