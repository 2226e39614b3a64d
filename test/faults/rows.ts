/** How many rows each section of the catalogue of faults has: U-01 to U-30 and so on, 134 in all. */
const sections = { U: 30, A: 16, C: 24, L: 10, R: 11, S: 13, P: 12, B: 18 } as const;
type Section = keyof typeof sections;

export const rowIds: readonly string[] = Object.entries(sections).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, index) => `${section}-${String(index + 1).padStart(2, '0')}`),
);

/** Rows that no test of this folder can show, and why; where another part of the suite shows them, its name. */
export const notHere: Readonly<Record<string, string>> = {};

/** Sections whose rows are still being written. Their missing rows are printed, not refused. */
export const inProgress: readonly Section[] = ['U', 'A', 'C', 'L', 'R', 'S', 'P', 'B'];
