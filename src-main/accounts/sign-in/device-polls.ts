import type { Clock } from '../../../src-shared/domain/clock.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../../src-shared/domain/timers.ts';
import type { Issuer } from '../issuer.ts';
import { IssuerRefusal } from '../issuer-refusal.ts';
import { type CodeGrant, exchangeCode } from './code-exchange.ts';
import { type DeviceCode, pollDeviceCode } from './device-code.ts';
import type { SignIn } from './sign-in.ts';

export interface DevicePolls {
  readonly issuer: Issuer;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly signIn: SignIn;
}

/** Asks at the interval that the service named until the person is done or the sign-in is over. */
export function pollUntilGranted({ issuer, timers, clock, signIn }: DevicePolls, code: DeviceCode): void {
  let cancelWait = (): void => undefined;
  let intervalMs = code.intervalMs;

  const poll = async (): Promise<void> => {
    const outcome = await pollDeviceCode(issuer, code).catch((error: unknown) => error as Error);
    if (!signIn.takesCode) return;
    if (isGrant(outcome)) return signIn.complete(() => exchangeCode(issuer, outcome, clock));
    if (outcome !== null && !passes(outcome)) return signIn.end('failed', sentenceOf(outcome));
    if (outcome instanceof IssuerRefusal && outcome.status === 429) intervalMs += code.intervalMs;
    wait();
  };
  const wait = (): void => {
    cancelWait = timers.set(intervalMs, () => void poll());
  };

  signIn.whenAnswered(() => cancelWait());
  wait();
}

const isGrant = (outcome: CodeGrant | Error | null): outcome is CodeGrant =>
  outcome !== null && !(outcome instanceof Error);

/** A fault of the network or of the service now does not end a sign-in that has minutes left. */
function passes(error: Error): boolean {
  if (error instanceof IssuerRefusal) return error.status === 429 || error.status >= 500;
  return error instanceof RelayError && error.code !== 'upstream_invalid_response';
}

const sentenceOf = (error: Error): string =>
  error instanceof IssuerRefusal || error instanceof RelayError
    ? `${error.message} Start the sign-in again.`
    : 'Something went wrong inside Relay. Start the sign-in again.';
