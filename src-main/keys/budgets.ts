import type { z } from 'zod';
import type { BudgetChange, BudgetCreate, BudgetView } from '../../src-shared/contract/budget.ts';
import { budgetChangeSchema, budgetCreateSchema } from '../../src-shared/contract/budget.ts';
import type { PortableBudget } from '../../src-shared/contract/portable.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';
import type { Database } from '../ledger/database.ts';
import type { StagedChange } from '../ledger/staged-change.ts';
import {
  type Amounts,
  type Budget,
  type BudgetRule,
  countUse,
  hasRoom,
  newMarks,
  openBudget,
  turnPeriod,
  type UsedCall,
  viewBudget,
} from './budget.ts';
import { eraseBudget, loadBudgets, saveBudget, usedSince } from './budget-rows.ts';

export interface BudgetPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  /** IANA name of the person's time zone. */
  readonly timeZone: () => string;
  /** Told once in a period when a mark is reached; 1 is the limit itself. */
  readonly onMark: (budget: BudgetView, mark: number) => void;
  /** Resolves when every call that has ended by now is in the database. */
  readonly written: () => Promise<void>;
}

/** Past calls are read again where more of them ended meanwhile; so often that only a storm of them could count one twice. */
const readings = 50;

/** Whose budgets a call counts in. */
export interface BudgetSubject {
  readonly id: string;
  readonly member: string | null;
  readonly project: string | null;
}

/** What a running call holds of its budgets; settled once, whatever it took to answer it (FAULTS 1.2.8). */
export interface Reservation {
  /** Counts the call in the budgets that are there when it ends. */
  settle(call: UsedCall): void;
}

export interface StagedBudgets extends StagedChange {
  readonly added: number;
  readonly changed: number;
}

export interface Budgets {
  /** True while somebody's budgets must be looked at; without any, a call costs nothing here. */
  any(): boolean;
  /**
   * Holds a call's estimate in every budget it counts in. Throws `insufficient_quota` where one is spent, or held by
   * running calls to its end; then nothing is held.
   */
  reserve(subject: BudgetSubject, estimate: Amounts): Reservation;
  list(): BudgetView[];
  /** These are durable when they resolve. A new budget counts what was used in its period already. */
  create(wanted: BudgetCreate): Promise<BudgetView>;
  change(id: string, change: BudgetChange): Promise<BudgetView>;
  remove(id: string): Promise<void>;
  /** Works out what taking budgets over changes; they are known by what they limit. */
  stage(wanted: readonly PortableBudget[]): StagedBudgets;
  onChange(listener: () => void): () => void;
}

export async function createBudgets(ports: BudgetPorts): Promise<Budgets> {
  const { database, clock, randomBytes, timeZone } = ports;
  const budgets = new Map<string, Budget>();
  /** For each budget that is being opened, the calls that ended meanwhile: it has counted them already. */
  const opening = new Set<string[]>();
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  /** Calls that end count from here on; then those of its period that ended before this start, or before it was made. */
  const open = async (rule: BudgetRule): Promise<void> => {
    const budget = openBudget(rule, clock.now(), timeZone());
    budgets.set(rule.id, budget);
    const ended: string[] = [];
    opening.add(ended);
    try {
      await ports.written();
      for (let reading = 1; ; reading += 1) {
        const without = ended.length;
        const { used, unknown } = await usedSince(database, rule, budget.beganAt, ended);
        if (ended.length > without && reading < readings) continue;
        budget.used += used;
        budget.unknownCalls += unknown;
        break;
      }
    } finally {
      opening.delete(ended);
    }
    // Marks of before are not told again.
    newMarks(budget);
  };
  await Promise.all((await loadBudgets(database)).map(open));

  const known = (id: string): Budget => {
    const budget = budgets.get(id);
    if (budget === undefined) throw new RelayError('not_found', { message: 'There is no such budget.' });
    return budget;
  };
  const current = (budget: Budget): Budget => {
    turnPeriod(budget, clock.now(), timeZone());
    return budget;
  };
  const of = (subject: BudgetSubject): Budget[] =>
    [...budgets.values()].filter(({ rule }) => subjectIn(subject, rule.scope) === rule.subject).map(current);

  return {
    any: () => budgets.size > 0,
    reserve(subject, estimate) {
      const held = of(subject);
      const full = held.find((budget) => !hasRoom(budget));
      if (full !== undefined) throw spent(full, clock.now());
      const amounts = held.map(({ rule }) => estimate[rule.unit] ?? 0);
      for (const [index, budget] of held.entries()) budget.reserved += amounts[index]!;
      let settled = false;
      return {
        settle(call) {
          if (settled) return;
          settled = true;
          for (const [index, budget] of held.entries()) budget.reserved -= amounts[index]!;
          for (const ended of opening) ended.push(call.id);
          // Also in a budget that was made while the call ran.
          const counting = of(subject);
          for (const budget of counting) {
            countUse(budget, call);
            for (const mark of newMarks(budget)) ports.onMark(viewBudget(budget), mark);
          }
          if (counting.length > 0) changed();
        },
      };
    },
    list: () => [...budgets.values()].map((budget) => viewBudget(current(budget))),
    async create(wanted) {
      const fields = parse(budgetCreateSchema, wanted);
      const alike = [...budgets.values()].find(({ rule }) => identityKeys.every((name) => rule[name] === fields[name]));
      if (alike !== undefined) {
        throw new RelayError('conflict', { message: 'There is such a budget already. Change its limit instead.' });
      }
      const rule: BudgetRule = {
        id: `bud_${randomBytes(8).toString('hex')}`,
        ...fields,
        createdAt: clock.now(),
      };
      try {
        await open(rule);
        await database.run([saveBudget(rule)]);
      } catch (error) {
        budgets.delete(rule.id);
        throw error;
      }
      changed();
      return viewBudget(known(rule.id));
    },
    async change(id, change) {
      const { rule: old } = known(id);
      const given = parse(budgetChangeSchema, change);
      const rule: BudgetRule = { ...old, limit: given.limit ?? old.limit, marks: given.marks ?? old.marks };
      await database.run([saveBudget(rule)]);
      const budget = current(known(id));
      budget.rule = rule;
      budget.told = 0;
      newMarks(budget);
      changed();
      return viewBudget(budget);
    },
    async remove(id) {
      known(id);
      await database.run([eraseBudget(id)]);
      budgets.delete(id);
      changed();
    },
    stage(wanted) {
      const now = clock.now();
      const rules = wanted.map((given): { rule: BudgetRule; old: BudgetRule | null } => {
        const old = [...budgets.values()].find(({ rule }) => identityKeys.every((name) => rule[name] === given[name]));
        const made = { id: `bud_${randomBytes(8).toString('hex')}`, createdAt: now };
        return { rule: { ...made, ...old?.rule, ...given }, old: old?.rule ?? null };
      });
      const identities = new Set(wanted.map((given) => JSON.stringify(identityKeys.map((name) => given[name]))));
      if (identities.size < wanted.length) {
        throw new RelayError('invalid_value', { message: 'The file holds a budget twice.' });
      }
      const added = rules.filter(({ old }) => old === null);
      const edited = rules.filter(
        ({ rule, old }) =>
          old !== null && (rule.limit !== old.limit || JSON.stringify(rule.marks) !== JSON.stringify(old.marks)),
      );
      return {
        added: added.length,
        changed: edited.length,
        statements: [...added, ...edited].map(({ rule }) => saveBudget(rule)),
        async apply() {
          for (const { rule } of edited) {
            const budget = budgets.get(rule.id);
            if (budget === undefined) continue;
            budget.rule = rule;
            budget.told = 0;
            newMarks(budget);
          }
          await Promise.all(added.map(({ rule }) => open(rule)));
          changed();
        },
      };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const identityKeys = ['scope', 'subject', 'unit', 'period'] as const;

const subjectIn = (subject: BudgetSubject, scope: BudgetRule['scope']): string | null =>
  scope === 'key' ? subject.id : subject[scope];

function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const { data, error } = schema.safeParse(value);
  if (data !== undefined) return data;
  const param = String(error?.issues[0]?.path[0] ?? 'budget');
  throw new RelayError('invalid_value', { message: `A budget cannot have this ${param}. Change it.`, param });
}

const adjectives = { day: 'daily', week: 'weekly', month: 'monthly', total: 'total' } as const;
const nouns = { cost: 'cost budget', spent: 'spending budget', tokens: 'token budget' } as const;

function spent({ rule, endsAt, used }: Budget, now: number): RelayError {
  const amount = rule.unit === 'tokens' ? `${formatTokens(rule.limit)} tokens` : formatMoney(rule.limit);
  const whose = rule.scope === 'key' ? 'this key' : `the ${rule.scope} ${rule.subject}`;
  const how = used >= rule.limit ? 'is spent' : 'is held by calls that run';
  const back = endsAt === null ? 'Raise it to go on.' : `It begins anew at ${new Date(endsAt).toISOString()}.`;
  return new RelayError('insufficient_quota', {
    message: `The ${adjectives[rule.period]} ${nouns[rule.unit]} of ${whose} (${amount}) ${how}. ${back}`,
    retryAfterMs: endsAt === null ? null : endsAt - now,
  });
}
