import { type UsageDimension, type UsageGrain, usageDimensions } from '../../../src-shared/contract/usage.ts';
import { isMeasure, type MeasureName } from './measures.ts';
import { isWindowName, type UsageWindow, windowTimes } from './usage-window.ts';

/** Everything that the usage page shows by; its address holds it, so that a link and the way back show the same. */
export interface UsageState {
  readonly window: UsageWindow;
  readonly grain: UsageGrain | 'auto';
  readonly measure: MeasureName;
  readonly by: readonly UsageDimension[];
  readonly compare: boolean;
  readonly shape: 'bars' | 'areas';
  /** An empty value means "none", such as no project. */
  readonly filters: Readonly<Partial<Record<UsageDimension, string>>>;
}

export const grainNames: Readonly<Record<UsageState['grain'], string>> = {
  auto: 'Automatic',
  minute: 'Minutes',
  hour: 'Hours',
  day: 'Days',
  week: 'Weeks',
  month: 'Months',
  total: 'One sum',
};

export const dimensionNames: Readonly<Record<UsageDimension, string>> = {
  model: 'Model',
  account: 'Account',
  key: 'Key',
  project: 'Project',
  member: 'Member',
  client: 'Client',
  status: 'Status',
  endpoint: 'Endpoint',
};

const defaults: UsageState = {
  window: '7d',
  grain: 'auto',
  measure: 'tokens',
  by: ['model'],
  compare: false,
  shape: 'bars',
  filters: {},
};

export function readUsageState(search: string): UsageState {
  const given = new URLSearchParams(search);
  const text = (name: string): string => given.get(name) ?? '';
  const measure = text('measure');
  return {
    window: readWindow(text('window'), text('from'), text('to')),
    grain: isGrain(text('grain')) ? (text('grain') as UsageGrain) : defaults.grain,
    measure: isMeasure(measure) ? measure : defaults.measure,
    by: given.has('by') ? text('by').split(',').filter(isDimension).slice(0, 2) : defaults.by,
    compare: text('compare') === 'previous',
    shape: text('shape') === 'areas' ? 'areas' : 'bars',
    filters: readFilters(given),
  };
}

function readFilters(given: URLSearchParams): UsageState['filters'] {
  return Object.fromEntries(
    usageDimensions.flatMap((name) => (given.has(name) ? [[name, given.get(name) ?? '']] : [])),
  );
}

function readWindow(name: string, from: string, to: string): UsageWindow {
  if (isWindowName(name)) return name;
  if (!/^\d{1,15}$/.test(from) || !/^\d{1,15}$/.test(to) || Number(from) >= Number(to)) return defaults.window;
  return { from: Number(from), to: Number(to) };
}

const isGrain = (text: string): boolean => text !== 'auto' && Object.hasOwn(grainNames, text);
const isDimension = (text: string): text is UsageDimension => Object.hasOwn(dimensionNames, text);

/** The address's query for a state, without what is usual; `''` for the usual one. */
export function writeUsageState(state: UsageState): string {
  const { window, grain, measure, by, compare, shape, filters } = state;
  const query = new URLSearchParams();
  if (typeof window === 'object') {
    query.set('from', String(window.from));
    query.set('to', String(window.to));
  } else if (window !== defaults.window) query.set('window', window);
  if (grain !== defaults.grain) query.set('grain', grain);
  if (measure !== defaults.measure) query.set('measure', measure);
  if (by.join() !== defaults.by.join()) query.set('by', by.join());
  if (compare) query.set('compare', 'previous');
  if (shape !== defaults.shape) query.set('shape', shape);
  for (const [name, value] of Object.entries(filters)) query.set(name, value);
  return query.toString();
}

/** What is asked of GET /api/usage for a state, and of its exports: they hold what is shown, and the series of every group. */
export function usageQueryOf(
  { window, grain, by, compare, measure, filters }: UsageState,
  now: number,
): URLSearchParams {
  const { from, to } = windowTimes(window, now);
  return new URLSearchParams({
    from: String(from),
    to: String(to),
    ...(grain === 'auto' ? {} : { grain }),
    ...(by.length === 0 ? {} : { by: by.join(), order: measure }),
    ...(compare ? { compare: 'previous' } : {}),
    ...filters,
  });
}
