import { onTestFinished } from 'vitest';
import type { Fault } from '../../src-main/simulator/fault.ts';
import type { RequestRecord } from '../../src-main/simulator/journal.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { type StreamEvent, streamAnswer } from '../support/stream-clients.ts';

/** Logins that are asked in the order of their names; stopped when the test is over. */
export async function poolOf(names: readonly string[], options: RunningRelayOptions = {}): Promise<RunningRelay> {
  const relay = await startRelay({
    accounts: names.map((name) => ({ name, kind: 'chatgpt' })),
    ...options,
    settings: { 'routing.strategy': 'fill-first', ...options.settings },
  });
  onTestFinished(() => relay.stop());
  return relay;
}

/** Twenty-five words, of which no three in a row come twice: seven deltas of text. */
export const words =
  'when the long rain stopped a boy with two odd shoes ran down to see how far up the stones our muddy old river stood';

let conversations = 0;
/** A conversation that no account holds yet, so that the first account in line is asked. */
export const fresh = (): StreamEvent => {
  conversations += 1;
  return { prompt_cache_key: `conversation-${conversations}` };
};

/** A call that `a` answers whole, so that its breaker does not open over what a test does to it. */
export async function heal(relay: RunningRelay): Promise<void> {
  relay.simulator.account('a').faults.clear();
  await streamAnswer(relay, 'responses', 'sim:say well', fresh());
}

export const cutAfter = (afterDeltas: number): Fault => ({ kind: 'cut', at: 'deltas', afterDeltas, how: 'reset' });

export const lastCall = async (relay: RunningRelay): Promise<CallRecord> => (await relay.calls()).at(-1)!;

export const factsOf = ({ status, spliced, accountLabel, attempts, usageEstimated }: CallRecord) => ({
  status,
  spliced,
  accountLabel,
  attempts: attempts.map((attempt) => `${attempt.accountLabel} ${attempt.outcome}`),
  usageEstimated,
});

export const inputOf = ({ body }: RequestRecord): StreamEvent[] => (body as { input: StreamEvent[] }).input;

/** The numbers of all numbered events, which must be 0, 1, 2 and so on. */
export const numbersOf = (events: readonly StreamEvent[]): unknown[] =>
  events.flatMap(({ sequence_number: number }) => (number === undefined ? [] : [number]));

export const counting = (numbers: readonly unknown[]): number[] => numbers.map((_, index) => index);
