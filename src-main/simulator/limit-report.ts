import type { JsonObject } from './json-object.ts';
import type { SimulatedWindow } from './quota-window.ts';
import type { SimulatedAccount } from './simulated-account.ts';

/** What the backend says about an account's windows, in its four forms (PROTOCOL 3.5, 6.4). With one window only, it is the primary. */
const windowsOf = (account: SimulatedAccount): readonly SimulatedWindow[] =>
  [account.windows.fiveHour, account.windows.weekly].filter((window) => window !== null);

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

/** The window that stops this account, if one is full: the one that resets last. */
export function fullWindow(account: SimulatedAccount): SimulatedWindow | null {
  const full = windowsOf(account).filter((window) => window.isFull());
  return full.toSorted((a, b) => b.resetsAt() - a.resetsAt())[0] ?? null;
}

export function limitHeaders(account: SimulatedAccount): Record<string, string> {
  const headers: Record<string, string> = {};
  windowsOf(account).forEach((window, index) => {
    const prefix = `x-codex-${index === 0 ? 'primary' : 'secondary'}`;
    headers[`${prefix}-used-percent`] = String(window.usedPercent());
    headers[`${prefix}-window-minutes`] = String(window.lengthMs / 60_000);
    headers[`${prefix}-reset-at`] = String(seconds(window.resetsAt()));
  });
  return {
    ...headers,
    'x-codex-plan-type': account.plan,
    'x-codex-credits-has-credits': 'false',
    'x-codex-credits-unlimited': 'false',
    'x-codex-credits-balance': '',
  };
}

/** The event that precedes the output on a WebSocket. */
export function limitEvent(account: SimulatedAccount): JsonObject {
  const [primary, secondary] = windowsOf(account).map((window) => ({
    used_percent: window.usedPercent(),
    window_minutes: window.lengthMs / 60_000,
    reset_at: seconds(window.resetsAt()),
  }));
  const reached = fullWindow(account) !== null;
  return {
    type: 'codex.rate_limits',
    plan_type: account.plan,
    rate_limits: { allowed: !reached, limit_reached: reached, primary: primary ?? null, secondary: secondary ?? null },
    credits: null,
    code_review_rate_limits: null,
    promo: null,
  };
}

/** The body of GET wham/usage; windows are in seconds here. */
export function usageReport(account: SimulatedAccount, now: number): JsonObject {
  const [primary, secondary] = windowsOf(account).map((window) => ({
    used_percent: Math.round(window.usedPercent()),
    limit_window_seconds: window.lengthMs / 1000,
    reset_after_seconds: seconds(window.resetsAt() - now),
    reset_at: seconds(window.resetsAt()),
  }));
  const reached = fullWindow(account) !== null;
  return {
    user_id: account.userId,
    account_id: account.accountId,
    email: account.email,
    plan_type: account.plan,
    rate_limit: {
      allowed: !reached,
      limit_reached: reached,
      primary_window: primary ?? null,
      secondary_window: secondary ?? null,
    },
    code_review_rate_limit: null,
    additional_rate_limits: null,
    credits: {
      has_credits: false,
      unlimited: false,
      balance: '0',
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

export interface UsageLimit {
  readonly headers: Record<string, string>;
  readonly error: JsonObject;
}

/** The 429 of a full window (capture 64), whether it is really full or only scripted. */
export function usageLimit(
  account: SimulatedAccount,
  now: number,
  limit: { readonly resetsAt: number; readonly lengthMs: number },
): UsageLimit {
  const headers = limitHeaders(account);
  for (const position of ['primary', 'secondary']) {
    if (headers[`x-codex-${position}-window-minutes`] !== String(limit.lengthMs / 60_000)) continue;
    headers[`x-codex-${position}-used-percent`] = '100';
    headers[`x-codex-${position}-reset-at`] = String(seconds(limit.resetsAt));
  }
  return {
    headers: {
      ...headers,
      'x-codex-active-limit': 'codex',
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
