import type { LimitFamily } from '../../src-shared/domain/window.ts';
import { type Account, CODE_REVIEW_FAMILY, PLAN_FAMILY } from './account.ts';
import { bestLogin, inPool, isPoolResting, type PoolWindow, poolWindows } from './pool.ts';

/** What a Codex client is told in place of a login's own figures: those of the pool. */

/** Stands for the pool where a client asks about a login and names none. */
const POOL = 'relay-pool';

/** The answer of `wham/usage` (PROTOCOL 6.4). `clientAccountId` is the login that the client believes to use. */
export function poolUsage(accounts: readonly Account[], now: number, clientAccountId: string | null = null) {
  const best = bestLogin(accounts);
  const limited = isPoolResting(accounts, now);
  const told = familiesOf(accounts);
  return {
    user_id: best?.upstreamUserId ?? POOL,
    account_id: clientAccountId ?? best?.upstreamAccountId ?? POOL,
    email: best?.email ?? '',
    plan_type: best?.plan ?? 'unknown',
    rate_limit: rateLimit(accounts, PLAN_FAMILY, now),
    code_review_rate_limit: told.has(CODE_REVIEW_FAMILY) ? rateLimit(accounts, CODE_REVIEW_FAMILY, now) : null,
    additional_rate_limits: additionalLimits(accounts, told, now),
    credits: null,
    spend_control: { reached: false },
    rate_limit_reached_type: limited ? { type: 'rate_limit_reached' } : null,
    promo: null,
  };
}

const familiesOf = (accounts: readonly Account[]): ReadonlySet<LimitFamily> =>
  new Set(inPool(accounts).flatMap((account) => [...account.windows.values()].map((window) => window.family)));

function additionalLimits(accounts: readonly Account[], told: ReadonlySet<LimitFamily>, now: number) {
  const families = [...told].filter((family) => family !== PLAN_FAMILY && family !== CODE_REVIEW_FAMILY).sort();
  if (families.length === 0) return null;
  return families.map((family) => ({
    limit_name: family,
    metered_feature: family.replaceAll('-', '_'),
    rate_limit: rateLimit(accounts, family, now),
  }));
}

function rateLimit(accounts: readonly Account[], family: LimitFamily, now: number) {
  const [primary, secondary] = poolWindows(accounts, now, family);
  const limited = isPoolResting(accounts, now, family);
  return {
    allowed: !limited,
    limit_reached: limited,
    primary_window: usageWindow(primary, now),
    secondary_window: usageWindow(secondary, now),
  };
}

function usageWindow(window: PoolWindow | undefined, now: number) {
  if (window === undefined) return null;
  const resetsAt = resetOf(window, now);
  return {
    used_percent: Math.round(window.usedPercent),
    limit_window_seconds: Math.round(window.lengthMs / 1_000),
    reset_after_seconds: Math.ceil((resetsAt - now) / 1_000),
    reset_at: Math.ceil(resetsAt / 1_000),
  };
}

/** A window that has not begun resets a full length from now, as the backend itself says it. */
const resetOf = (window: PoolWindow, now: number): number => window.resetsAt ?? now + window.lengthMs;

/** The pool's windows as response headers, in the backend's own names (PROTOCOL 3.5). */
export function poolHeaders(accounts: readonly Account[], now: number): [name: string, value: string][] {
  const [primary, secondary] = poolWindows(accounts, now);
  const plan = bestLogin(accounts)?.plan ?? null;
  return [
    ...windowHeaders('primary', primary, now),
    ...windowHeaders('secondary', secondary, now),
    ...(plan === null || !/^[\w-]+$/.test(plan) ? [] : [['x-codex-plan-type', plan] satisfies [string, string]]),
  ];
}

function windowHeaders(
  place: 'primary' | 'secondary',
  window: PoolWindow | undefined,
  now: number,
): [string, string][] {
  if (window === undefined) return [];
  return [
    [`x-codex-${place}-used-percent`, String(window.usedPercent)],
    [`x-codex-${place}-window-minutes`, String(Math.round(window.lengthMs / 60_000))],
    [`x-codex-${place}-reset-at`, String(Math.ceil(resetOf(window, now) / 1_000))],
  ];
}

/**
 * The answer of `wham/accounts/check`: exactly one entry, which is the client's own login, bound to no other origin
 * (PROTOCOL 6.2).
 */
export function accountsCheck(clientAccountId: string | null, planType: string | null = null) {
  const id = clientAccountId ?? POOL;
  const account = {
    id,
    account_user_id: `${POOL}__${id}`,
    structure: 'personal',
    plan_type: planType ?? 'unknown',
    name: null,
    profile_picture_url: null,
    is_deactivated: false,
    workspace_backend_origin: 'NO_CONSTRAINT',
    account_routing_override: 'NO_CONSTRAINT',
  };
  return { accounts: [account], account_ordering: [id], default_account_id: id };
}
