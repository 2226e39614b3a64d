import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Attempt } from '../../../src-main/routing/attempt.ts';
import type { AttemptEvents } from '../../../src-main/routing/attempt-events.ts';
import type { ExchangeObserver } from '../../../src-main/upstreams/exchange.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An attempt whose upstream has yet to say something. */
function begun(commitAt: 'output' | 'terminal' = 'output') {
  const exchange = { pause: vi.fn(), resume: vi.fn(), cancel: vi.fn() };
  const events = {
    ...{ reached: vi.fn(), accepted: vi.fn(), committed: vi.fn(), frame: vi.fn(), finished: vi.fn(), failed: vi.fn() },
    flush: () => true,
    readLimit: () => ({ resetsAt: null, family: 'codex' }),
  };
  let upstream: ExchangeObserver | undefined;
  const limits = { firstOutputMs: 5_000, silenceMs: 1_000, maxEventBytes: 1_000, commitAt };
  new Attempt(limits, events as unknown as AttemptEvents, (observer) => {
    upstream = observer;
    return exchange;
  });
  const head = (status: number, type: string): void => upstream?.head(status, { 'content-type': type });
  const data = (...types: string[]): void =>
    upstream?.data(Buffer.from(types.map((type) => `event: ${type}\ndata: {"type":"${type}"}\n\n`).join('')));
  return { upstream, events, exchange, head, data };
}

/** An attempt that has had its whole answer. */
function answered() {
  const { upstream, exchange, head, data } = begun();
  head(200, 'text/event-stream');
  data('response.output_text.delta', 'response.completed');
  return { upstream, cancel: exchange.cancel };
}

test.each([
  ['output', true],
  ['terminal', false],
] as const)(
  'after the first output silence has its own, shorter limit, which every event begins anew (commit at %s)',
  (commitAt, shown) => {
    const { events, head, data } = begun(commitAt);
    head(200, 'text/event-stream; charset=utf-8');
    vi.advanceTimersByTime(4_900);
    data('response.output_text.delta');
    vi.advanceTimersByTime(900);
    data('response.output_text.delta');
    vi.advanceTimersByTime(999);
    expect(events.failed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(events.failed.mock.calls.map(([failure, committed]) => [failure.error.code, committed])).toEqual([
      ['upstream_timeout', shown],
    ]);
  },
);

test.each([
  [200, 'application/json'],
  [500, 'text/event-stream'],
])('an answer of %i with %s is no stream of events: nothing of it is shown', (status, type) => {
  const { upstream, events, head, data } = begun();
  head(status, type);
  data('response.output_text.delta');
  upstream?.end();
  expect([events.accepted, events.frame, events.failed].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 1]);
});

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
