import type { CausePhase, FailureGroup } from '../../../src-shared/contract/failure.ts';

/** How far it had come, in words. */
export const phaseNames: Readonly<Record<CausePhase, string>> = {
  admission: 'Refused by Relay',
  routing: 'No account could serve',
  relay: 'Relay stopped',
  connect: 'Upstream not reached',
  wait: 'Nothing came back',
  answer: 'Refused by the upstream',
  'first-output': 'Failed before any output',
  stream: 'Broke off after output',
};

/** A cause in one line. */
export const causeTitle = ({ phase, code, httpStatus }: Pick<FailureGroup, 'phase' | 'code' | 'httpStatus'>): string =>
  [phaseNames[phase], code, httpStatus].filter((part) => part !== null).join(' · ');

/** The calls that met a cause, of one key, account or model where that is asked. */
export const callsOfCause = (id: string, more: Record<string, string> = {}): string =>
  `/calls?${new URLSearchParams({ cause: id, ...more })}`;
