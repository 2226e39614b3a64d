import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Account } from './account.ts';
import { isPoolResting, type PoolWindow, poolWindows } from './pool.ts';
import { accountsCheck, poolHeaders, poolUsage } from './pool-answers.ts';

/** The pool seen as one account, for clients that show quota. */
export function createPoolView(list: () => readonly Account[], clock: Clock) {
  return {
    usage: () => poolUsage(list(), clock.now()),
    accountsCheck: (clientAccountId: string | null) => accountsCheck(clientAccountId),
    headers: () => Object.fromEntries(poolHeaders(list(), clock.now())),
    /** A `codex.rate_limits` event (PROTOCOL 3.5). */
    event() {
      const limited = isPoolResting(list(), clock.now());
      const [primary, secondary] = poolWindows(list(), clock.now());
      return {
        type: 'codex.rate_limits',
        plan_type: 'pool',
        rate_limits: {
          allowed: !limited,
          limit_reached: limited,
          primary: eventWindow(primary),
          secondary: eventWindow(secondary),
        },
        credits: null,
        code_review_rate_limits: null,
        promo: null,
      };
    },
  };
}

const eventWindow = (window: PoolWindow | undefined) =>
  window === undefined
    ? null
    : {
        used_percent: window.usedPercent,
        window_minutes: Math.round(window.lengthMs / 60_000),
        reset_at: window.resetsAt === null ? null : Math.ceil(window.resetsAt / 1_000),
      };
