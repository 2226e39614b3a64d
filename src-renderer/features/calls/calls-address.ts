import type { UsageDimension } from '../../../src-shared/contract/usage.ts';

/** Names under which the list of calls filters by what usage is grouped by. */
const filterNames: Readonly<Record<UsageDimension, string>> = {
  model: 'model',
  account: 'accountId',
  key: 'keyId',
  project: 'project',
  member: 'member',
  client: 'client',
  status: 'status',
  endpoint: 'endpoint',
};

/** The address of the calls that these values name; without a value it is those that have none. */
export function callsAddress(values: Partial<Record<UsageDimension, string | null>>): string {
  const query = new URLSearchParams();
  for (const [dimension, value] of Object.entries(values) as [UsageDimension, string | null][]) {
    query.set(filterNames[dimension], value ?? '');
  }
  return `/calls?${query}`;
}
