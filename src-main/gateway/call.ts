import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { addUsage, type Usage, unknownUsage } from '../../src-shared/domain/usage.ts';
import type { UsedCall } from '../keys/budget.ts';
import type { EnteredCall } from '../keys/key-gate.ts';
import { lostUsages } from '../protocol/splice/lost-usage.ts';
import { packDecision } from '../routing/decision-record.ts';
import type { RouteReport } from '../routing/ports.ts';

/** Where calls are written down. Both are durable when they return, and never wait for the database. */
export interface CallLog {
  begin(call: CallRecord): void;
  /** `decisions` as `packDecision` makes them. */
  settle(call: CallRecord, decisions: readonly string[]): void;
}

/** The last two numbers of a call that only the catalogue knows. */
export interface Costs {
  costMicroUsd: number | null;
  spentMicroUsd: number | null;
}

export interface CallOutcome {
  /** `interrupted`: Relay itself ended the call. */
  readonly status: 'ok' | 'error' | 'cancelled' | 'interrupted';
  readonly httpStatus: number | null;
  readonly error: RelayError | null;
  readonly reason: string | null;
  readonly report: RouteReport | null;
  readonly usage: Usage;
  readonly modelRan: string | null;
  readonly responseId: string | null;
  /** `usage` is Relay's own estimate. */
  readonly estimated: boolean;
}

/** What a call knows about itself, from admission until it is settled once. */
export interface Call {
  readonly record: CallRecord;
  /** Monotonic ms at which the request had arrived whole. */
  readonly arrivedAt: number;
  settle(outcome: CallOutcome): void;
}

export interface CallPorts {
  readonly log: CallLog;
  readonly clock: Clock;
  readonly costOf: (record: CallRecord, usage: Usage, report: RouteReport | null) => Costs;
}

/** Admits a call: from here on it is in the ledger, whatever happens. */
export function admitCall(
  ports: CallPorts,
  record: CallRecord,
  arrivedAt: number,
  beganAt: number,
  entered: EnteredCall | null = null,
): Call {
  ports.log.begin({ ...record });
  let settled = false;
  return {
    record,
    arrivedAt,
    settle(outcome) {
      if (settled) return;
      settled = true;
      const { report } = outcome;
      record.status = outcome.status;
      record.httpStatus = outcome.httpStatus;
      record.errorCode = outcome.error === null ? null : (outcome.error.upstreamCode ?? outcome.error.code);
      record.reason = outcome.reason ?? outcome.error?.message ?? null;
      record.modelRan = outcome.modelRan;
      record.responseId = outcome.responseId;
      Object.assign(record, tokensAndCosts(ports, record, outcome));
      record.durationMs = ports.clock.monotonic() - beganAt;
      if (report !== null) {
        record.attempts = [...report.attempts];
        record.spliced = report.lost.length;
        record.accountId = report.account?.id ?? null;
        record.accountLabel = report.account?.label ?? null;
        record.ttftMs = report.outputAt === null ? null : report.outputAt - beganAt;
        record.overheadMs = overheadMs(report, arrivedAt);
        record.heldMs = report.heldMs;
        record.overflow = report.overflow;
      }
      entered?.leave(usedBy(record));
      ports.log.settle(record, report === null ? [] : report.decisions.map(packDecision));
    },
  };
}

const usedBy = (record: CallRecord): UsedCall => ({
  id: record.id,
  startedAt: record.startedAt,
  amounts: {
    cost: record.costMicroUsd,
    spent: record.spentMicroUsd,
    tokens:
      record.inputTokens === null && record.outputTokens === null
        ? null
        : (record.inputTokens ?? 0) + (record.outputTokens ?? 0),
  },
  gaveOutput: record.ttftMs !== null,
});

/** What all attempts have used together, and cost: those that broke off by an estimate, each at its own account. */
function tokensAndCosts(ports: CallPorts, record: CallRecord, { usage, report, estimated }: CallOutcome) {
  const costs = [ports.costOf(record, usage, report)];
  let tokens = usage;
  if (report !== null && report.lost.length > 0) {
    const estimates = lostUsages(
      report.lost.map(({ answer }) => answer),
      usage,
    );
    estimates.forEach((estimate, index) => {
      tokens = addUsage(tokens, estimate);
      costs.push(ports.costOf(record, estimate, { ...report, account: report.lost[index]!.account }));
    });
  }
  return {
    ...tokens,
    usageEstimated: (estimated || costs.length > 1) && tokens.outputTokens !== null,
    costMicroUsd: total(costs.map(({ costMicroUsd }) => costMicroUsd)),
    spentMicroUsd: total(costs.map(({ spentMicroUsd }) => spentMicroUsd)),
  };
}

const total = (amounts: readonly (number | null)[]): number | null =>
  amounts.reduce((sum, amount) => (sum === null || amount === null ? null : sum + amount), 0);

/** Relay's own share of the way to the first output: from the whole request's arrival to the serving attempt, less failed attempts and waits. */
export function overheadMs(report: RouteReport, arrivedAt: number): number | null {
  if (report.sentAt === null) return null;
  let waited = report.waitedMs;
  for (const { durationMs } of report.attempts.slice(0, report.failedBefore)) waited += durationMs ?? 0;
  return Math.max(0, report.sentAt - arrivedAt - waited);
}

export const noOutcome = {
  error: null,
  reason: null,
  report: null,
  usage: unknownUsage,
  modelRan: null,
  responseId: null,
  estimated: false,
} as const;
