import type { UsageDimension, UsageGroup, UsageView } from '../../../src-shared/contract/usage.ts';

const statusNames: Readonly<Record<string, string>> = {
  inflight: 'In flight',
  ok: 'OK',
  error: 'Error',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** What calls without a value of a dimension are called. */
const without: Readonly<Record<UsageDimension, string>> = {
  model: 'Unknown model',
  account: 'No account',
  key: 'No key',
  project: 'No project',
  member: 'No member',
  client: 'Unknown client',
  status: 'Unknown',
  endpoint: 'Unknown',
};

/** A group as a person calls it: labels and names instead of ids, with a dot between two dimensions. */
export const groupName = (view: UsageView, key: UsageGroup['key']): string =>
  (Object.entries(key) as [UsageDimension, string | null][])
    .map(([dimension, value]) => valueName(dimension, value, view.names))
    .join(' · ');

export function valueName(
  dimension: UsageDimension,
  value: string | null,
  names: Readonly<Record<string, string>>,
): string {
  if (value === null || value === '') return without[dimension];
  if (dimension === 'status') return statusNames[value] ?? value;
  return names[value] ?? value;
}
