import { z } from 'zod';

const storageName = 'relay.call-filters';
const keptAtMost = 30;

const savedFilterSchema = z.object({ name: z.string().min(1).max(60), search: z.string().max(2_000) });
type SavedFilter = z.infer<typeof savedFilterSchema>;

/** Filters with names, of this browser, by name. What cannot be read is none. */
export function savedFilters(): SavedFilter[] {
  try {
    return z.array(savedFilterSchema).parse(JSON.parse(localStorage.getItem(storageName) ?? '[]'));
  } catch {
    return [];
  }
}

/** Takes the place of the one with its name. */
export const saveFilter = (filter: SavedFilter): SavedFilter[] =>
  store([...savedFilters().filter(({ name }) => name !== filter.name), filter]);

export const deleteFilter = (name: string): SavedFilter[] => store(savedFilters().filter((one) => one.name !== name));

export const renameFilter = (name: string, to: string): SavedFilter[] =>
  store(
    savedFilters()
      .filter((one) => one.name !== to || to === name)
      .map((one) => (one.name === name ? { ...one, name: to } : one)),
  );

function store(filters: SavedFilter[]): SavedFilter[] {
  const kept = filters.toSorted((a, b) => a.name.localeCompare(b.name)).slice(0, keptAtMost);
  localStorage.setItem(storageName, JSON.stringify(kept));
  return kept;
}
