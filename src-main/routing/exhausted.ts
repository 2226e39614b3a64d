import type { Decision, Verdict } from '../../src-shared/domain/decision.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { windowName } from '../../src-shared/domain/window.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { spentWindow } from '../accounts/health.ts';
import { boundRefusal } from './bound-refusal.ts';
import { gateWords } from './decision-words.ts';
import type { Failure } from './failure.ts';
import type { Survey } from './survey.ts';

/** The one honest answer when no account is left (FAULTS 2.0); never a 5xx for a pool that only rests (PROTOCOL 5). */
export function exhausted(seen: Survey): RelayError {
  const { decision, progress } = seen;
  const { verdicts } = decision;
  const { last, error } = progress;
  const behind = (code: string): Verdict[] => verdicts.filter(({ gate }) => gate?.code === code);
  if (error !== null && behind('tried').length > 0) return error;
  const bound = boundRefusal(seen);
  if (bound !== null) return bound;
  const open = behind('breaker-open');
  if (open.length > 0) return last?.blame === 'path' ? last.error : allFailing(seen, open);
  if (behind('resting').length > 0) return allResting(seen);
  if (behind('at-capacity').length > 0) {
    return new RelayError('upstream_unavailable', {
      message: 'Every account that can serve this runs as many calls as you allow at once. Try again in a moment.',
      retryAfterMs: 1_000,
    });
  }
  if (behind('overflow').length > 0) return overflowRefused(seen);
  const unsuited = behind('lacks-model').length + behind('not-allowed').length;
  if (verdicts.length > 0 && unsuited === verdicts.length) {
    return new RelayError('model_not_found', {
      message: `No account that this key may use offers the model ${JSON.stringify(decision.model)}. GET /v1/models lists what is there.`,
      param: 'model',
    });
  }
  return error ?? (last?.blame === 'foreign-state' ? last.error : nobodyLeft(decision));
}

const MAX_TOLD = 3;
const nextSteps: Readonly<Record<string, string>> = {
  disabled: 'relay accounts enable ID',
  paused: 'relay accounts resume ID',
};

/** Every account needs a person, and each is told with its reason (CLIENTS 3); those that the key may not use stay unnamed. */
function nobodyLeft(decision: Decision): RelayError {
  const reasons = decision.verdicts.flatMap(({ accountLabel, gate }) =>
    gate === null || gate.code === 'not-allowed' ? [] : [`${accountLabel}: ${gateWords(gate, decision)}`],
  );
  if (reasons.length === 0) return new RelayError('no_available_accounts');
  const more = reasons.length > MAX_TOLD ? ` And ${reasons.length - MAX_TOLD} more.` : '';
  const steps = new Set(decision.verdicts.flatMap(({ gate }) => nextSteps[gate?.code ?? ''] ?? []));
  const next = steps.size === 0 ? '' : ` What helps: ${[...steps].join(', ')}.`;
  const message = `No account can serve this call. ${reasons.slice(0, MAX_TOLD).join(' ')}${more}${next}`;
  return new RelayError('no_available_accounts', { message });
}

/** The retry budget is empty: an outage must not multiply the load that calls make (FAULTS 1.1). A network that is lost explains itself. */
export const overspent = ({ error, fault }: Failure, retryAfterMs: number): RelayError =>
  fault === 'unreachable'
    ? error
    : new RelayError('upstream_unavailable', {
        message: `So many calls failed lately that this one is not tried again at once. ${error.message}`,
        retryAfterMs: Math.max(1_000, retryAfterMs),
        cause: error,
      });

function allFailing({ ports, decision }: Survey, open: readonly Verdict[]): RelayError {
  const waits = open.map(({ accountId }) => ports.breakers.lastResortWaitMs(accountId, decision.model));
  return new RelayError('upstream_unavailable', {
    message: 'Every account that can serve this keeps failing. It is tried again in a moment.',
    retryAfterMs: Math.max(1_000, Math.min(...waits)),
  });
}

/** "All 3 accounts are resting; work is back at 14:10 (5-hour window)." */
function allResting({ decision, candidates, choosing, now }: Survey): RelayError {
  let count = 0;
  let first = -1;
  let resetsAt = Number.POSITIVE_INFINITY;
  decision.verdicts.forEach(({ gate }, index) => {
    if (gate?.code !== 'resting') return;
    count += 1;
    const until = gate.until ?? now;
    if (until >= resetsAt) return;
    first = index;
    resetsAt = until;
  });
  const who = count === candidates.length ? '' : ' that can serve this';
  const subject = count === 1 ? `The only account${who} is` : `All ${count} accounts${who} are`;
  const { windows, rests } = candidates[first]!.account;
  const family = choosing.families.find((each) => rests.get(each)?.until === resetsAt) ?? '';
  const window = spentWindow(windows.values(), family, resetsAt);
  const name = window === null ? '' : ` (${windowName(window.lengthMs)} window)`;
  const ceiling = choosing.overflow === 'ceiling-reached' ? ' Today’s ceiling for metered keys is reached.' : '';
  return new RelayError('usage_limit_reached', {
    message: `${subject} resting; work is back at ${formatClockTime(resetsAt, now)}${name}.${ceiling}`,
    resetsAt,
    retryAfterMs: Math.max(1_000, resetsAt - now),
  });
}

/** Only metered keys are left, and they may not stand in for the subscriptions (FAULTS R-11). */
function overflowRefused({ ports, choosing, now }: Survey): RelayError {
  switch (choosing.overflow) {
    case 'ceiling-reached': {
      const resetsAt = ports.overflow.renewsAt();
      return new RelayError('insufficient_quota', {
        message: `No subscription can serve this, and today’s ceiling for metered keys is reached; it is lifted at ${formatClockTime(resetsAt, now)}.`,
        resetsAt,
        retryAfterMs: resetsAt - now,
      });
    }
    case 'busy':
      return new RelayError('upstream_unavailable', {
        message: 'Calls that run may use up what is left of today’s ceiling for metered keys. Try again in a moment.',
        retryAfterMs: 5_000,
      });
    case 'price-unknown':
      return new RelayError('no_available_accounts', {
        message: `No subscription can serve this, and a metered key may not because the price of ${choosing.model} is not known. Set it in models.prices.`,
      });
    default:
      return new RelayError('no_available_accounts', {
        message:
          'No subscription can serve this, and its key may not use a metered one. Allow it with: relay keys change ID --overflow',
      });
  }
}
