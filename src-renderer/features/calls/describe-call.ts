import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { formatDuration } from '../../format/figures.ts';

/** What happened, in one sentence, and in one more for each thing that a person did not ask for. */
export function describeCall(call: CallRecord): string {
  const held = call.heldMs === null ? '' : ` It waited ${formatDuration(call.heldMs)} for an account to come back.`;
  const overflow = call.overflow ? ' A metered key stood in for the subscriptions.' : '';
  return `${mainWords(call)}${held}${overflow}`;
}

function mainWords(call: CallRecord): string {
  const account = call.accountLabel ?? 'an account';
  const failed = call.attempts.filter((attempt) => attempt.outcome === 'failed');
  const names = failed.map((attempt) => attempt.accountLabel).join(', then ');
  const after = failed.length === 0 ? '' : ` after ${names} failed`;
  const begun = call.attempts.filter((attempt) => attempt.outcome === 'continued');
  const beginners = begun.map((attempt) => attempt.accountLabel).join(', then ');
  const took = call.durationMs === null ? '' : ` in ${formatDuration(call.durationMs)}`;
  switch (call.status) {
    case 'inflight':
      return call.accountLabel === null ? 'Waiting for an account.' : `Being answered by ${account}${after}.`;
    case 'ok':
      return begun.length === 0
        ? `Answered by ${account}${took}${after}.`
        : `Begun by ${beginners}, whose answer broke off, and finished by ${account}${took}${after}.`;
    case 'error':
      if (call.attempts.length === 0) return `Refused${took} before any account was tried.`;
      return names === '' ? `Failed${took}.` : `Failed${took}. Tried: ${names}.`;
    case 'cancelled':
      return call.durationMs === null
        ? 'The client left.'
        : `The client left after ${formatDuration(call.durationMs)}.`;
    case 'interrupted':
      return 'Relay stopped while this call was in flight.';
  }
}
