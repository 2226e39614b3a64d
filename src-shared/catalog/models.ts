export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'ultra';

/** What is known of a model before any account was asked; an account's own list comes first. */
export interface CatalogModel {
  readonly slug: string;
  readonly displayName: string;
  /** Order in a list; 1 is first. */
  readonly priority: number;
  readonly hidden: boolean;
  readonly contextWindow: number;
  readonly maxContextWindow: number;
  readonly efforts: readonly Effort[];
  readonly defaultEffort: Effort;
  /** Tools go as an input item instead of a field (PROTOCOL 2.5). */
  readonly lite: boolean;
  readonly tiers: readonly string[];
  readonly defaultTier: string | null;
  readonly source: string;
  readonly asOf: string;
}

const toXhigh: readonly Effort[] = ['low', 'medium', 'high', 'xhigh'];
const toMax: readonly Effort[] = [...toXhigh, 'max'];
const toUltra: readonly Effort[] = [...toMax, 'ultra'];

const origin = { source: 'The list bundled with the Codex CLI 0.169.0', asOf: '2026-11-23' };

const usual = {
  hidden: false,
  contextWindow: 272_000,
  maxContextWindow: 872_000,
  efforts: toUltra,
  defaultEffort: 'low',
  lite: true,
  tiers: ['priority'],
  defaultTier: null,
  ...origin,
} as const satisfies Partial<CatalogModel>;

/** PROTOCOL 8, in the order of the list. */
export const catalogModels: readonly CatalogModel[] = [
  { ...usual, slug: 'gpt-6.1-sol', displayName: 'GPT-6.1-Sol', priority: 1 },
  { ...usual, slug: 'gpt-6-astra', displayName: 'GPT-6-Astra', priority: 2 },
  {
    ...usual,
    slug: 'gpt-6-sol',
    displayName: 'GPT-6-Sol',
    priority: 3,
    defaultEffort: 'medium',
    defaultTier: 'priority',
  },
  {
    ...usual,
    slug: 'gpt-6-luna',
    displayName: 'GPT-6-Luna',
    priority: 4,
    efforts: toMax,
    defaultEffort: 'medium',
    defaultTier: 'priority',
  },
  { ...usual, slug: 'gpt-5.6-sol', displayName: 'GPT-5.6-Sol', priority: 5 },
  { ...usual, slug: 'gpt-6.1-terra', displayName: 'GPT-6.1 Terra', priority: 7, contextWindow: 500_000 },
  { ...usual, slug: 'gpt-5.6-terra', displayName: 'GPT-5.6-Terra', priority: 8, defaultEffort: 'medium' },
  {
    ...usual,
    slug: 'gpt-5.6-luna',
    displayName: 'GPT-5.6-Luna',
    priority: 9,
    efforts: toMax,
    defaultEffort: 'medium',
  },
  { ...usual, slug: 'gpt-daybreak-blue-latest', displayName: 'Daybreak Blue', priority: 11, hidden: true, tiers: [] },
  {
    ...usual,
    slug: 'gpt-daybreak-red-latest',
    displayName: 'Daybreak Red',
    priority: 12,
    hidden: true,
    contextWindow: 372_000,
    maxContextWindow: 372_000,
    defaultEffort: 'medium',
    tiers: [],
  },
  {
    ...usual,
    slug: 'gpt-5.5',
    displayName: 'GPT-5.5',
    priority: 13,
    maxContextWindow: 272_000,
    efforts: toXhigh,
    defaultEffort: 'medium',
    lite: false,
  },
  {
    ...usual,
    slug: 'codex-auto-review',
    displayName: 'Codex Auto Review',
    priority: 43,
    hidden: true,
    efforts: toMax,
    defaultEffort: 'medium',
  },
];

const bySlug = new Map(catalogModels.map((model) => [model.slug, model]));

export const catalogModel = (slug: string): CatalogModel | null => bySlug.get(slug) ?? null;
