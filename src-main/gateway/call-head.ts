import { reasonWords } from '../routing/counterfactual.ts';
import type { RouteReport } from '../routing/ports.ts';
import { overheadMs } from './call.ts';
import type { CallPlan } from './call-plan.ts';

/** The headers that every answer carries: what happened to this call, without opening the log. */
export interface CallHead {
  readonly id: string;
  headers: () => Record<string, string>;
  /** Another account is tried, or the call is over. */
  opened(report: RouteReport, plan: CallPlan, arrivedAt: number): void;
  /** `x-ratelimit-*`, where the call's key has limits. */
  limited(headers: Readonly<Record<string, string>>): void;
  /** What a Codex client reads from the upstream's head, with the pool's quota instead of one account's (PROTOCOL 3.5, 3.6). */
  codexHeaders(
    upstream: Readonly<Record<string, unknown>>,
    quota: Readonly<Record<string, string>>,
    askedModel: string,
  ): Record<string, string>;
}

const MAX_REASON = 200;

const passed = ['x-codex-turn-state', 'x-reasoning-included', 'x-codex-safety-buffering-enabled'];

export function createCallHead(id: string): CallHead {
  const headers: Record<string, string> = { 'x-request-id': id };
  return {
    id,
    headers: () => headers,
    opened(report, plan, arrivedAt) {
      const served = report.attempts.some((attempt) => attempt.outcome !== 'failed');
      const running = report.account !== null && !served && report.outputAt !== null ? 1 : 0;
      headers['x-relay-attempts'] = String(report.attempts.length + running);
      headers['x-relay-model'] = asciiOnly(plan.resolved.model);
      if (report.account !== null) headers['x-relay-account'] = asciiOnly(report.account.label);
      const decision = report.decisions.at(-1);
      if (decision !== undefined) headers['x-relay-reason'] = asciiOnly(reasonWords(decision)).slice(0, MAX_REASON);
      if (report.overflow) headers['x-relay-overflow'] = '1';
      const overhead = overheadMs(report, arrivedAt);
      if (overhead !== null) headers['x-relay-overhead-ms'] = overhead.toFixed(2);
      const dropped = plan.dropped();
      if (dropped.length > 0) headers['x-relay-dropped'] = asciiOnly(dropped.join(', ')).slice(0, 1_000);
    },
    limited: (given) => void Object.assign(headers, given),
    codexHeaders(upstream, quota, askedModel) {
      const kept: Record<string, string> = { ...quota, 'openai-model': asciiOnly(askedModel) };
      for (const name of passed) {
        const value = upstream[name];
        if (typeof value === 'string') kept[name] = value;
      }
      return kept;
    },
  };
}

/** Header values take no other characters; labels and names may hold any. */
const asciiOnly = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');
