import type { BudgetView } from '../../../src-shared/contract/budget.ts';
import type { KeyView } from '../../../src-shared/contract/key.ts';
import type { UsageFigures, UsageView } from '../../../src-shared/contract/usage.ts';

export type SubjectScope = 'project' | 'member';

export interface SubjectRow {
  /** `null` for calls without a project or a member. */
  readonly name: string | null;
  readonly figures: UsageFigures | null;
  readonly budgets: readonly BudgetView[];
  readonly keys: readonly KeyView[];
}

/** Everyone who is named by a key, a budget or a call: who costs the most first, calls of no one last. */
export function subjectRows(
  scope: SubjectScope,
  usage: UsageView,
  budgets: readonly BudgetView[],
  keys: readonly KeyView[],
): SubjectRow[] {
  const figures = new Map(usage.groups.map((group) => [group.key[scope] || null, group.figures]));
  const ofScope = budgets.filter((budget) => budget.scope === scope);
  const living = keys.filter(({ revokedAt }) => revokedAt === null);
  const names = new Set<string | null>([
    ...ofScope.map(({ subject }) => subject),
    ...living.flatMap((key) => key[scope] ?? []),
    ...figures.keys(),
  ]);
  const rows = [...names].map((name) => ({
    name,
    figures: figures.get(name) ?? null,
    budgets: ofScope.filter(({ subject }) => subject === name),
    keys: name === null ? [] : living.filter((key) => key[scope] === name),
  }));
  return rows.sort(
    (a, b) =>
      Number(a.name === null) - Number(b.name === null) ||
      (b.figures?.costMicroUsd ?? 0) - (a.figures?.costMicroUsd ?? 0) ||
      String(a.name).localeCompare(String(b.name)),
  );
}
