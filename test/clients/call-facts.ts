import { expect, vi } from 'vitest';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { RunningRelay } from '../support/running-relay.ts';

export interface CallWatch {
  /** The rows since the watch began, once there are `count` and all are finished. */
  finished(count: number): Promise<CallRecord[]>;
  only(): Promise<CallRecord>;
}

/** Watches the log from now on, so that tests can share one Relay. */
export async function watchCalls(relay: RunningRelay): Promise<CallWatch> {
  const { length: before } = await relay.calls();
  const finished = (count: number): Promise<CallRecord[]> =>
    vi.waitFor(
      async () => {
        const calls = (await relay.calls()).slice(before);
        expect(calls.map(({ status }) => status)).not.toContain('inflight');
        expect(calls).toHaveLength(count);
        return calls;
      },
      { timeout: 5_000, interval: 10 },
    );
  return {
    finished,
    async only() {
      const [call] = await finished(1);
      return call!;
    },
  };
}

/** A row without the moments, durations and ids that differ from run to run. */
export function factsOf(call: CallRecord) {
  const { endpoint, stream, status, httpStatus, errorCode, client, modelAsked, modelRan, effort } = call;
  return {
    endpoint,
    stream,
    status,
    httpStatus,
    errorCode,
    client,
    modelAsked,
    modelRan,
    effort,
    key: call.keyName,
    account: call.accountLabel,
    attempts: call.attempts.map(({ accountLabel, outcome }) => `${accountLabel}: ${outcome}`),
    dropped: call.dropped,
    tokens: [call.inputTokens, call.cachedTokens, call.outputTokens, call.reasoningTokens],
  };
}
