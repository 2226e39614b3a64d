import type { Clock } from '../../src-shared/domain/clock.ts';
import type { LimitFamily } from '../../src-shared/domain/window.ts';
import type { LateWrites } from '../ledger/late-writes.ts';
import type { Account, OfferedModel } from './account.ts';
import { eraseRest, saveRest, updateAccount } from './account-rows.ts';
import type { Audit } from './audit.ts';
import { boundedLimitEnd } from './quota-bounds.ts';
import { createQuotaObservations } from './quota-observations.ts';
import type { RestAudit } from './rest-audit.ts';

export interface ObservationPorts {
  readonly find: (id: string) => Account | null;
  readonly lateWrites: LateWrites;
  readonly audit: Pick<Audit, 'note'>;
  readonly restAudit: RestAudit;
  readonly clock: Clock;
  readonly changed: () => void;
  /** Told once, when an account that worked needs a person. */
  readonly needsPerson: (account: Account, reason: string) => void;
}

export type Observations = ReturnType<typeof createObservations>;

/** What calls teach about accounts. Takes effect at once, is written late, and is nothing for an account that is gone. */
export function createObservations({
  find,
  lateWrites,
  audit,
  restAudit,
  clock,
  changed,
  needsPerson,
}: ObservationPorts) {
  const offered = new Map<string, readonly OfferedModel[]>();

  const observe = (id: string, learn: (account: Account) => void): void => {
    const account = find(id);
    if (account === null) return;
    learn(account);
    changed();
  };

  const clearRest = (id: string, family: LimitFamily): void => {
    observe(id, (account) => {
      const rest = account.rests.get(family);
      if (rest === undefined || rest.byPerson) return;
      account.rests.delete(family);
      lateWrites.put(`${id} rest ${family}`, eraseRest(id, family));
      restAudit.ended(account, family, rest);
    });
  };

  return {
    quota: createQuotaObservations({ observe, clearRest, lateWrites, clock }),
    rest(id: string, family: LimitFamily, until: number, reason: string): void {
      observe(id, (account) => {
        const known = account.rests.get(family);
        const since = clock.now();
        const asked = { until: boundedLimitEnd(until, since), reason, byPerson: false, since };
        const rest = known !== undefined && known.until >= asked.until ? { ...known, since } : asked;
        account.rests.set(family, rest);
        restAudit.begun(account, family, rest, known, since);
        lateWrites.put(`${id} rest ${family}`, saveRest(id, family, rest));
      });
    },
    clearRest,
    needsSignIn(id: string, reason: string): void {
      observe(id, (account) => {
        if (account.needsSignIn === null) {
          audit.note({ actor: 'automatic', what: 'needs-sign-in', account, detail: reason });
          needsPerson(account, reason);
        }
        account.needsSignIn = reason;
        lateWrites.put(`${id} sign-in`, updateAccount(id, { needsSignIn: reason }));
      });
    },
    lacksModel(id: string, model: string, until: number): void {
      observe(id, (account) => account.unsupported.set(model, until));
    },
    /** Rests are kept in time that passes; the person's own are kept by the clock on the wall. */
    clockPutBack(accounts: readonly Account[], ms: number): void {
      for (const account of accounts) {
        for (const [family, rest] of account.rests) {
          if (rest.byPerson) continue;
          const moved = { ...rest, until: rest.until - ms, since: rest.since - ms };
          account.rests.set(family, moved);
          restAudit.moved(rest, moved);
          lateWrites.put(`${account.id} rest ${family}`, saveRest(account.id, family, moved));
        }
        for (const [model, until] of account.unsupported) account.unsupported.set(model, until - ms);
      }
      changed();
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
        account.modelsReadAt = clock.now();
        const { models: known, modelsReadAt } = account;
        lateWrites.put(`${id} models`, updateAccount(id, { models: known, modelsReadAt }));
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
