import type { JsonObject } from './json-object.ts';
import type { SimulatedWindow } from './quota-window.ts';
import type { ExtraLimit, SimulatedAccount } from './simulated-account.ts';

/** What the backend says about an account's windows, in its four forms (PROTOCOL 3.5, 6.4). With one window only, it is the primary. */
const windowsOf = (account: SimulatedAccount): readonly SimulatedWindow[] =>
  [account.windows.fiveHour, account.windows.weekly].filter((window) => window !== null);

/** The limits besides the plan's own that a model counts against. */
export const extrasOf = (account: SimulatedAccount, model: string): readonly ExtraLimit[] =>
  account.extras.filter((extra) => extra.model === model);

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

/** A limit that stops a request, with the name that headers give it. */
export interface ReachedLimit {
  readonly limitId: string;
  readonly resetsAt: number;
  readonly lengthMs: number;
}

/** The window that stops this model, if one is full: the one that resets last. */
export function fullWindow(account: SimulatedAccount, model: string): ReachedLimit | null {
  const all = [
    ...windowsOf(account).map((window) => ({ limitId: 'codex', window })),
    ...extrasOf(account, model).map(({ limitId, window }) => ({ limitId, window })),
  ];
  const full = all
    .filter(({ window }) => window.isFull())
    .map(({ limitId, window }) => ({ limitId, resetsAt: window.resetsAt(), lengthMs: window.lengthMs }));
  return full.toSorted((a, b) => b.resetsAt - a.resetsAt)[0] ?? null;
}

export function limitHeaders(account: SimulatedAccount, model: string): Record<string, string> {
  const headers: Record<string, string> = {};
  windowsOf(account).forEach((window, index) => {
    Object.assign(headers, windowHeaders(`x-codex-${index === 0 ? 'primary' : 'secondary'}`, window));
  });
  for (const { limitId, limitName, window } of extrasOf(account, model)) {
    const prefix = `x-${headerName(limitId)}`;
    Object.assign(headers, windowHeaders(`${prefix}-primary`, window), { [`${prefix}-limit-name`]: limitName });
  }
  return {
    ...headers,
    'x-codex-plan-type': account.plan,
    'x-codex-credits-has-credits': String(account.credits.has),
    'x-codex-credits-unlimited': String(account.credits.unlimited),
    'x-codex-credits-balance': account.credits.balance ?? '',
  };
}

const headerName = (limitId: string): string => limitId.replaceAll('_', '-');

const windowHeaders = (prefix: string, window: SimulatedWindow): Record<string, string> => ({
  [`${prefix}-used-percent`]: String(window.usedPercent()),
  [`${prefix}-window-minutes`]: String(window.lengthMs / 60_000),
  [`${prefix}-reset-at`]: String(seconds(window.resetsAt())),
});

/** The event that precedes the output on a WebSocket. */
export function limitEvent(account: SimulatedAccount): JsonObject {
  const [primary, secondary] = windowsOf(account).map((window) => ({
    used_percent: window.usedPercent(),
    window_minutes: window.lengthMs / 60_000,
    reset_at: seconds(window.resetsAt()),
  }));
  const reached = windowsOf(account).some((window) => window.isFull());
  const { has, unlimited, balance } = account.credits;
  return {
    type: 'codex.rate_limits',
    plan_type: account.plan,
    rate_limits: { allowed: !reached, limit_reached: reached, primary: primary ?? null, secondary: secondary ?? null },
    credits: has ? { has_credits: has, unlimited, balance } : null,
    code_review_rate_limits: null,
    promo: null,
  };
}

/** The body of GET wham/usage; windows are in seconds here. */
export function usageReport(account: SimulatedAccount, now: number): JsonObject {
  const reached = windowsOf(account).some((window) => window.isFull());
  const extras = account.extras.map(({ limitId, limitName, window }) => ({
    limit_name: limitName,
    metered_feature: limitId,
    rate_limit: reportedLimit([window], now),
  }));
  return {
    user_id: account.userId,
    account_id: account.accountId,
    email: account.email,
    plan_type: account.plan,
    rate_limit: reportedLimit(windowsOf(account), now),
    code_review_rate_limit: null,
    additional_rate_limits: extras.length === 0 ? null : extras,
    credits: {
      has_credits: account.credits.has,
      unlimited: account.credits.unlimited,
      balance: account.credits.balance ?? '0',
      overage_limit_reached: false,
      approx_local_messages: [0, 0],
      approx_cloud_messages: [0, 0],
    },
    spend_control: { reached: false },
    rate_limit_reached_type: reached ? { type: 'rate_limit_reached' } : null,
    rate_limit_reset_credits: { available_count: account.resetCredits },
    promo: null,
  };
}

function reportedLimit(windows: readonly SimulatedWindow[], now: number): JsonObject {
  const [primary, secondary] = windows.map((window) => ({
    used_percent: Math.round(window.usedPercent()),
    limit_window_seconds: window.lengthMs / 1000,
    reset_after_seconds: seconds(window.resetsAt() - now),
    reset_at: seconds(window.resetsAt()),
  }));
  const reached = windows.some((window) => window.isFull());
  return {
    allowed: !reached,
    limit_reached: reached,
    primary_window: primary ?? null,
    secondary_window: secondary ?? null,
  };
}

export interface UsageLimit {
  readonly headers: Record<string, string>;
  readonly error: JsonObject;
}

/** The 429 of a full window (capture 64), whether it is really full or only scripted. */
export function usageLimit(account: SimulatedAccount, model: string, now: number, limit: ReachedLimit): UsageLimit {
  const headers = limitHeaders(account, model);
  const name = headerName(limit.limitId);
  for (const position of ['primary', 'secondary']) {
    const prefix = `x-${name}-${position}`;
    if (headers[`${prefix}-window-minutes`] !== String(limit.lengthMs / 60_000)) continue;
    headers[`${prefix}-used-percent`] = '100';
    headers[`${prefix}-reset-at`] = String(seconds(limit.resetsAt));
  }
  return {
    headers: {
      ...headers,
      'x-codex-active-limit': name,
      'x-codex-rate-limit-reached-type': 'rate_limit_reached',
    },
    error: {
      type: 'usage_limit_reached',
      message: 'The usage limit has been reached',
      plan_type: account.plan,
      resets_at: seconds(limit.resetsAt),
      resets_in_seconds: Math.max(0, seconds(limit.resetsAt - now)),
    },
  };
}
