import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AccountView } from '../../src-shared/contract/account.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';

export interface MetricsPorts {
  /** Read when somebody asks for the figures. */
  readonly accounts: () => readonly Pick<AccountView, 'id' | 'health' | 'windows'>[];
  readonly callsInFlight: () => number;
  /** How many of each there were since the start of this process. */
  readonly damagedEvents: () => number;
  readonly uncaughtErrors: () => number;
}

export interface Metrics {
  /** A call that has settled. */
  settled(call: CallRecord): void;
  readonly contentType: string;
  /** All figures in Prometheus' text form. Accounts go by their id: labels can hold mail addresses. */
  text(): Promise<string>;
}

const seconds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const shortSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];

/** Figures since the start of this process; the ledger has those of all time. */
export function createMetrics({ accounts, callsInFlight, damagedEvents, uncaughtErrors }: MetricsPorts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, labelNames: ['endpoint'], registers });

  const calls = counter('relay_calls_total', 'Calls that have settled', ['endpoint', 'status']);
  const attempts = counter('relay_attempts_total', 'Tries of calls at accounts', ['outcome']);
  const tokens = counter('relay_tokens_total', 'Tokens of settled calls, where they are known', ['kind']);
  const unknownUsage = counter('relay_calls_with_unknown_usage_total', 'Settled calls whose tokens are not known');
  const cost = counter('relay_cost_usd_total', 'API-equivalent and really spent US dollars', ['kind']);
  const splices = counter('relay_splices_total', 'Answers continued on another account after output');
  const overflow = counter('relay_overflow_calls_total', 'Calls paid for because subscriptions were spent');
  const duration = histogram('relay_call_duration_seconds', 'From a request to the end of its answer', seconds);
  const firstToken = histogram('relay_first_token_seconds', 'From a request to the first output', seconds);
  const overhead = histogram(
    'relay_overhead_seconds',
    'Relay’s own share of the time to the first output',
    shortSeconds,
  );

  new Gauge({
    name: 'relay_calls_in_flight',
    help: 'Calls that are being served',
    registers,
    collect() {
      this.set(callsInFlight());
    },
  });
  new Counter({
    name: 'relay_damaged_events_total',
    help: 'Events of upstreams that were not JSON and were left out',
    registers,
    collect() {
      this.reset();
      this.inc(damagedEvents());
    },
  });
  new Gauge({
    name: 'relay_uncaught_errors',
    help: 'Errors inside Relay that nothing had caught, since its start; the log has them',
    registers,
    collect() {
      this.set(uncaughtErrors());
    },
  });
  new Gauge({
    name: 'relay_accounts',
    help: 'Accounts by the state of their health',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset();
      for (const { health } of accounts()) this.inc({ state: health.state });
    },
  });
  new Gauge({
    name: 'relay_window_used_ratio',
    help: 'Used share of a quota window as it was read last, 0 to 1',
    labelNames: ['account', 'family', 'window'],
    registers,
    collect() {
      this.reset();
      for (const { id, windows } of accounts()) {
        for (const { family, name, usedPercent } of windows) {
          this.set({ account: id, family, window: name }, usedPercent / 100);
        }
      }
    },
  });

  const count = (kind: string, amount: number | null): void => {
    if (amount !== null && amount > 0) tokens.inc({ kind }, amount);
  };
  return {
    settled(call) {
      const { endpoint } = call;
      calls.inc({ endpoint, status: call.status });
      for (const { outcome } of call.attempts) attempts.inc({ outcome });
      if (call.inputTokens === null && call.outputTokens === null) unknownUsage.inc();
      count('input', call.inputTokens);
      count('cached', call.cachedTokens);
      count('output', call.outputTokens);
      count('reasoning', call.reasoningTokens);
      cost.inc({ kind: 'api_equivalent' }, (call.costMicroUsd ?? 0) / 1_000_000);
      cost.inc({ kind: 'spent' }, (call.spentMicroUsd ?? 0) / 1_000_000);
      splices.inc(call.spliced);
      if (call.overflow) overflow.inc();
      if (call.durationMs !== null) duration.observe({ endpoint }, call.durationMs / 1_000);
      if (call.ttftMs !== null) firstToken.observe({ endpoint }, call.ttftMs / 1_000);
      if (call.overheadMs !== null) overhead.observe({ endpoint }, call.overheadMs / 1_000);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
