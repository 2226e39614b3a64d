import type { Clock } from '../../src-shared/domain/clock.ts';
import type { LimitFamily, QuotaWindow } from '../../src-shared/domain/window.ts';
import { type Account, type OfferedModel, windowKey } from './account.ts';
import { eraseRest, eraseWindow, saveRest, saveWindow, updateAccount } from './account-rows.ts';
import type { Audit } from './audit.ts';
import type { LateWrites } from './late-writes.ts';
import { boundedLimitEnd } from './quota-bounds.ts';

export interface ObservationPorts {
  readonly find: (id: string) => Account | null;
  readonly lateWrites: LateWrites;
  readonly audit: Pick<Audit, 'note'>;
  readonly clock: Clock;
  readonly changed: () => void;
}

/** What calls teach about accounts. Takes effect at once, is written late, and is nothing for an account that is gone. */
export function createObservations({ find, lateWrites, audit, clock, changed }: ObservationPorts) {
  const offered = new Map<string, readonly OfferedModel[]>();

  const observe = (id: string, learn: (account: Account) => void): void => {
    const account = find(id);
    if (account === null) return;
    learn(account);
    changed();
  };

  return {
    windows(id: string, windows: readonly QuotaWindow[]): void {
      if (windows.length === 0) return;
      observe(id, (account) => {
        for (const window of windows) {
          account.windows.set(windowKey(window), window);
          lateWrites.put(`${id} window ${windowKey(window)}`, saveWindow(id, window));
        }
        const families = new Set(windows.map((window) => window.family));
        for (const [key, window] of account.windows) {
          if (!families.has(window.family) || !isOver(window, clock.now())) continue;
          account.windows.delete(key);
          lateWrites.put(`${id} window ${key}`, eraseWindow(id, window));
        }
      });
    },
    rest(id: string, family: LimitFamily, until: number, reason: string): void {
      observe(id, (account) => {
        const known = account.rests.get(family);
        const rest = { until: boundedLimitEnd(until, clock.now()), reason, byPerson: false };
        if (known !== undefined && known.until >= rest.until) return;
        account.rests.set(family, rest);
        lateWrites.put(`${id} rest ${family}`, saveRest(id, family, rest));
      });
    },
    clearRest(id: string, family: LimitFamily): void {
      observe(id, (account) => {
        if (account.rests.get(family)?.byPerson === true) return;
        if (account.rests.delete(family)) lateWrites.put(`${id} rest ${family}`, eraseRest(id, family));
      });
    },
    needsSignIn(id: string, reason: string): void {
      observe(id, (account) => {
        if (account.needsSignIn === null) {
          audit.note({ actor: 'automatic', what: 'needs-sign-in', account, detail: reason });
        }
        account.needsSignIn = reason;
        lateWrites.put(`${id} sign-in`, updateAccount(id, { needsSignIn: reason }));
      });
    },
    lacksModel(id: string, model: string, until: number): void {
      observe(id, (account) => account.unsupported.set(model, until));
    },
    plan(id: string, plan: string | null): void {
      const account = find(id);
      if (plan === null || plan === '' || plan.length > 64 || account === null || account.plan === plan) return;
      observe(id, () => {
        if (account.plan !== null) {
          const detail = `The plan is ${plan} now; it was ${account.plan}.`;
          audit.note({ actor: 'automatic', what: 'plan-changed', account, detail });
        }
        account.plan = plan;
        lateWrites.put(`${id} plan`, updateAccount(id, { plan }));
      });
    },
    setModels(id: string, models: readonly OfferedModel[]): void {
      observe(id, (account) => {
        offered.set(id, models);
        account.models = new Set(models.map((model) => model.slug));
        lateWrites.put(`${id} models`, updateAccount(id, { models: account.models }));
      });
    },
    modelList: (account: Account) => ({
      ownedBy: account.baseUrl === null ? 'openai' : new URL(account.baseUrl).hostname,
      models: offered.get(account.id) ?? [...(account.models ?? [])].map((slug) => ({ slug, info: null })),
    }),
    forget(id: string): void {
      offered.delete(id);
    },
  };
}

/** A window that the upstream stopped naming: its time is over and nothing newer was read (FAULTS 1.2.7). */
const isOver = (window: QuotaWindow, now: number): boolean =>
  window.readAt < now && (window.resetsAt ?? window.readAt + window.lengthMs) <= now;
