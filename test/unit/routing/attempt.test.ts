import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Attempt } from '../../../src-main/routing/attempt.ts';
import type { AttemptEvents } from '../../../src-main/routing/attempt-events.ts';
import type { ExchangeObserver } from '../../../src-main/upstreams/exchange.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An attempt that has had its whole answer. */
function answered() {
  const cancel = vi.fn();
  const events = {
    ...{ reached: vi.fn(), accepted: vi.fn(), committed: vi.fn(), frame: vi.fn(), finished: vi.fn(), failed: vi.fn() },
    flush: () => true,
  } as unknown as AttemptEvents;
  let upstream: ExchangeObserver | undefined;
  const limits = { firstOutputMs: 1_000, silenceMs: 1_000, maxEventBytes: 1_000, commitAt: 'output' } as const;
  new Attempt(limits, events, (observer) => {
    upstream = observer;
    return { pause: vi.fn(), resume: vi.fn(), cancel };
  });
  const event = (type: string): Buffer => Buffer.from(`event: ${type}\ndata: {"type":"${type}"}\n\n`);
  upstream?.head(200, { 'content-type': 'text/event-stream' });
  upstream?.data(Buffer.concat([event('response.output_text.delta'), event('response.completed')]));
  return { upstream, cancel };
}

test('an upstream that keeps its connection after the end is left a moment and then closed', () => {
  const { cancel } = answered();
  expect(cancel).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(cancel).toHaveBeenCalledTimes(1);
});

test.each<[string, (upstream: ExchangeObserver | undefined) => void]>([
  ['ends', (upstream) => upstream?.end()],
  ['is cut', (upstream) => upstream?.error(new Error('reset') as never)],
])('when the connection %s after the answer, no timer holds the call any longer', (_how, goOn) => {
  const { upstream, cancel } = answered();
  goOn(upstream);
  expect([vi.getTimerCount(), cancel.mock.calls.length]).toEqual([0, 0]);
});
