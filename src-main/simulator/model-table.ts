/** One row of PROTOCOL 8 (file 50 of the captures): what the simulated catalogue is built from. */
export interface ModelRow {
  readonly slug: string;
  readonly name: string;
  readonly priority: number;
  readonly contextWindow: number;
  readonly maxContextWindow: number;
  readonly efforts: readonly Effort[];
  readonly defaultEffort: Effort;
  /** `use_responses_lite` and `code_mode_only`. */
  readonly lite: boolean;
  readonly hidden: boolean;
  readonly tier: 'none' | 'offered' | 'default';
}

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'ultra';

const upTo = (last: Effort): readonly Effort[] => {
  const all: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max', 'ultra'];
  return all.slice(0, all.indexOf(last) + 1);
};

type Options = Partial<Pick<ModelRow, 'lite' | 'hidden' | 'tier'>>;

const row = (
  slug: string,
  priority: number,
  [context, max]: readonly [number, number],
  last: Effort,
  defaultEffort: Effort,
  { lite = true, hidden = false, tier = 'offered' }: Options = {},
): ModelRow => ({
  slug,
  name: slug.replace('gpt', 'GPT').replace(/-([a-z])/g, (_, letter: string) => `-${letter.toUpperCase()}`),
  priority,
  contextWindow: context * 1000,
  maxContextWindow: max * 1000,
  efforts: upTo(last),
  defaultEffort,
  lite,
  hidden,
  tier,
});

/** gpt-5.4 is not in the bundled list of Codex 0.169; the API still serves it. */
export const modelTable: readonly ModelRow[] = [
  row('gpt-6.1-sol', 1, [272, 872], 'ultra', 'low'),
  row('gpt-6-astra', 2, [272, 872], 'ultra', 'low'),
  row('gpt-6-sol', 3, [272, 872], 'ultra', 'medium', { tier: 'default' }),
  row('gpt-6-luna', 4, [272, 872], 'max', 'medium', { tier: 'default' }),
  row('gpt-5.6-sol', 5, [272, 872], 'ultra', 'low'),
  row('gpt-6.1-terra', 7, [500, 872], 'ultra', 'low'),
  row('gpt-5.6-terra', 8, [272, 872], 'ultra', 'medium'),
  row('gpt-5.6-luna', 9, [272, 872], 'max', 'medium'),
  row('gpt-daybreak-blue-latest', 11, [272, 872], 'ultra', 'low', { hidden: true, tier: 'none' }),
  row('gpt-daybreak-red-latest', 12, [372, 372], 'ultra', 'medium', { hidden: true, tier: 'none' }),
  row('gpt-5.5', 13, [272, 272], 'xhigh', 'medium', { lite: false }),
  row('gpt-5.4', 14, [272, 272], 'xhigh', 'medium', { lite: false }),
  row('codex-auto-review', 43, [272, 872], 'max', 'medium', { hidden: true }),
];

const smallPlans = ['guest', 'free', 'go', 'free_workspace'];
const apiOnly = ['gpt-5.4'];

/** The slugs that a plan may use; `api` is an API key. */
export function modelsOfPlan(plan: string): readonly string[] {
  if (plan === 'api') return modelTable.filter((model) => !model.hidden).map((model) => model.slug);
  if (smallPlans.includes(plan)) return ['gpt-6-luna', 'gpt-5.6-luna', 'gpt-5.5', 'codex-auto-review'];
  const daybreak = plan === 'pro' || plan === 'promax' || plan === 'enterprise';
  return modelTable
    .filter((model) => !apiOnly.includes(model.slug) && (daybreak || !model.slug.startsWith('gpt-daybreak')))
    .map((model) => model.slug);
}
