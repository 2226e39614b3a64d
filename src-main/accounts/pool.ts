import { headroom, type LimitFamily } from '../../src-shared/domain/window.ts';
import { type Account, PLAN_FAMILY } from './account.ts';

/** One quota window of all accounts together. */
export interface PoolWindow {
  readonly lengthMs: number;
  /** Mean over the accounts that have such a window; 0 to 100. */
  readonly usedPercent: number;
  /** The earliest reset still to come; `null` where none is known. */
  readonly resetsAt: number | null;
}

/** Accounts that are switched on; what is off adds nothing to the pool. */
export const inPool = (accounts: readonly Account[]): Account[] => accounts.filter((account) => account.enabled);

/** The windows of one family by length, shortest first. An account without a reading is unknown and does not count. */
export function poolWindows(
  accounts: readonly Account[],
  now: number,
  family: LimitFamily = PLAN_FAMILY,
): PoolWindow[] {
  const windows = inPool(accounts)
    .flatMap((account) => [...account.windows.values()])
    .filter((window) => window.family === family);
  return [...Map.groupBy(windows, (window) => window.lengthMs)]
    .map(([lengthMs, group]) => {
      const used = group.reduce((sum, window) => sum + (1 - headroom(window, now)) * 100, 0) / group.length;
      const resets = group.flatMap(({ resetsAt }) => (resetsAt !== null && resetsAt > now ? [resetsAt] : []));
      return {
        lengthMs,
        usedPercent: Math.round(used * 100) / 100,
        resetsAt: resets.length === 0 ? null : Math.min(...resets),
      };
    })
    .sort((a, b) => a.lengthMs - b.lengthMs);
}

/** True while no account that is switched on can take a call of this family. */
export const isPoolResting = (accounts: readonly Account[], now: number, family: LimitFamily = PLAN_FAMILY): boolean =>
  inPool(accounts).length > 0 && inPool(accounts).every((account) => (account.rests.get(family)?.until ?? 0) > now);

/** From the smallest to the largest, as far as their names tell (PROTOCOL 1.5); unknown plans come before all. */
const plans = [
  'guest',
  'free',
  'free_workspace',
  'go',
  'k12',
  'edu',
  'education',
  'plus',
  'quorum',
  'team',
  'self_serve_business_usage_based',
  'business',
  'edu_plus',
  'self_serve_business_prolite',
  'prolite',
  'edu_pro',
  'enterprise_cbp_automation',
  'enterprise_cbp_usage_based',
  'enterprise',
  'ent26',
  'pro',
  'promax',
];

/** The ChatGPT login with the largest plan; it speaks for the pool where only one can. */
export function bestLogin(accounts: readonly Account[]): Account | null {
  const logins = inPool(accounts).filter((account) => account.kind === 'chatgpt');
  const rank = (account: Account): number => plans.indexOf(account.plan ?? '');
  return logins.reduce<Account | null>((best, each) => (best === null || rank(each) > rank(best) ? each : best), null);
}
