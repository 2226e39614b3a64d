import type { UsageDimension } from '../../../src-shared/contract/usage.ts';

/** Names under which the list of calls filters by what usage is grouped by; it has none for the others. */
const filterNames: Partial<Record<UsageDimension, string>> = {
  model: 'model',
  account: 'accountId',
  key: 'keyId',
  status: 'status',
};

/**
 * The address of the calls that these values name; `null` where the list cannot be kept to them: a call without a value, and
 * dimensions that it does not filter by.
 */
export function callsAddress(values: Partial<Record<UsageDimension, string | null>>): string | null {
  const query = new URLSearchParams();
  for (const [dimension, value] of Object.entries(values) as [UsageDimension, string | null][]) {
    const name = filterNames[dimension];
    if (name === undefined || value === null || value === '') return null;
    query.set(name, value);
  }
  return `/calls?${query}`;
}
