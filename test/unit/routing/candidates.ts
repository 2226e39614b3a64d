import type { Candidate, Choosing } from '../../../src-main/routing/candidate.ts';
import type { RoutedAccount } from '../../../src-main/routing/ports.ts';
import type { Scoring } from '../../../src-main/routing/strategies.ts';
import { scoringOf } from '../../../src-main/routing/strategies.ts';
import type { StrategyName } from '../../../src-shared/domain/decision.ts';
import type { QuotaWindow } from '../../../src-shared/domain/window.ts';

export const NOW = new Date(2026, 10, 23, 12).getTime();
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const account = (id: string, fields: Partial<RoutedAccount> = {}): RoutedAccount => ({
  id,
  label: id,
  kind: 'chatgpt',
  wire: 'responses',
  baseUrl: null,
  enabled: true,
  policy: 'normal',
  position: 0,
  maxConcurrency: null,
  pause: null,
  pinnedUntil: null,
  needsSignIn: null,
  keyringLocked: null,
  models: null,
  unsupported: new Map(),
  windows: new Map(),
  rests: new Map(),
  inFlight: 0,
  lastUsedAt: 0,
  ...fields,
});

/** `used` in percent; `resetsIn` in ms, `null` where it is not known. */
export const quota = (
  used: number,
  resetsIn: number | null,
  lengthMs = 5 * HOUR,
  more: Partial<QuotaWindow> = {},
): QuotaWindow => ({
  family: 'codex',
  lengthMs,
  usedPercent: used,
  resetsAt: resetsIn === null ? null : NOW + resetsIn,
  readAt: NOW,
  source: 'headers',
  ...more,
});

export const windows = (...list: QuotaWindow[]): { windows: Map<string, QuotaWindow> } => ({
  windows: new Map(list.map((window) => [`${window.family}:${window.lengthMs}`, window])),
});

export const candidate = (of: RoutedAccount, fields: Partial<Candidate> = {}): Candidate => ({
  account: of,
  recent: null,
  turnsSince: null,
  breakerUntil: null,
  ...fields,
});

export const choosing = (fields: Partial<Choosing> = {}): Choosing => ({
  model: 'gpt-5.5',
  families: ['codex'],
  allowedAccounts: null,
  tried: new Set(),
  without: new Set(),
  owner: null,
  boundTo: null,
  overflow: 'allowed',
  uncachedNanoUsd: 4_500,
  ...fields,
});

export const by = (strategy: StrategyName): Scoring =>
  scoringOf({ 'routing.strategy': strategy, 'routing.weights': {} });

/** The same numbers for the same seed: a linear congruential generator, enough to break ties with. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
