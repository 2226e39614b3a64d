import { callFilterSchema, type CallFilter as GivenFilter } from '../../../src-shared/contract/call.ts';

/** What the list is kept to, by the names of the API's own filters. */
export type CallFilter = Readonly<GivenFilter>;
export type FilterName = keyof CallFilter;

export const filterNames = Object.keys(callFilterSchema.shape) as readonly FilterName[];

/** The filter that an address names; what the log does not know of it is left out. */
export function readFilter(search: string): CallFilter {
  const given = new URLSearchParams(search);
  const read: Record<string, unknown> = {};
  for (const name of filterNames) {
    const value = given.get(name);
    if (value === null || (name === 'text' && value.trim() === '')) continue;
    const known = callFilterSchema.safeParse({ [name]: value });
    if (known.success) Object.assign(read, known.data);
  }
  return read as CallFilter;
}

/** The same as an address's search, `''` for no filter. */
export function filterSearch(filter: CallFilter): string {
  const query = new URLSearchParams();
  for (const name of filterNames) {
    const value = filter[name];
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query}`;
}

export function withoutName(filter: CallFilter, name: FilterName): CallFilter {
  const { [name]: _, ...left } = filter;
  return left;
}
