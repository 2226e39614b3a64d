import type { GateCode } from '../../src-shared/domain/decision.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import type { Survey } from './survey.ts';

/**
 * What a client hears whose conversation only one account can read, when that account cannot serve it: the transcript before its
 * compaction is nowhere but there (PROTOCOL 9.1). A rest has an end and is a limit, all else is a fault of this conversation: Codex
 * takes both at once, without asking again (PROTOCOL 5). `null` where the account itself is not what stands in the way.
 */
export function boundRefusal({ decision, choosing, now }: Survey): RelayError | null {
  const { boundTo } = choosing;
  if (boundTo === null) return null;
  const owner = decision.verdicts.find(({ accountId }) => accountId === boundTo);
  if (owner === undefined) {
    return lost(
      'This conversation was compacted by an account that Relay no longer has, and only that account can read it.',
    );
  }
  if (owner.gate === null) return null;
  const { code, until } = owner.gate;
  const name = JSON.stringify(owner.accountLabel);
  if ((code === 'resting' || code === 'paused') && until !== null) {
    return new RelayError('usage_limit_reached', {
      message: `This conversation was compacted by ${name}, which alone can read it and rests until ${formatClockTime(until, now)}.`,
      resetsAt: until,
      retryAfterMs: Math.max(1_000, until - now),
    });
  }
  const why = reasons[code];
  return why === undefined
    ? null
    : lost(`This conversation was compacted by ${name}, which alone can read it and ${why}.`);
}

const reasons: Partial<Record<GateCode, string>> = {
  'left-out': 'is left out',
  disabled: 'is switched off',
  paused: 'is paused',
  'needs-sign-in': 'needs you to sign in again',
  'keyring-locked': 'has its login in a locked keyring',
  'not-allowed': 'may not be used by this key',
  'lacks-model': 'does not offer this model',
};

const lost = (message: string): RelayError =>
  new RelayError('invalid_encrypted_content', {
    message: `${message} Make it available, or go on in a new conversation.`,
    param: 'input',
  });
