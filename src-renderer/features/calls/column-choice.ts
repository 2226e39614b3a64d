import { z } from 'zod';

const storageName = 'relay.call-columns';

/** What a call can be shown by, in the order of the log's own choice. */
export const columnNames = [
  'age',
  'model',
  'account',
  'client',
  'key',
  'project',
  'member',
  'endpoint',
  'http',
  'attempts',
  'input',
  'cached',
  'output',
  'reasoning',
  'cost',
  'overhead',
  'first',
  'total',
] as const;
export type ColumnName = (typeof columnNames)[number];

export const columnWidths = ['narrow', 'normal', 'wide'] as const;
export type ColumnWidth = (typeof columnWidths)[number];

const choiceSchema = z
  .array(z.object({ name: z.enum(columnNames), width: z.enum(columnWidths) }))
  .min(1)
  .max(columnNames.length)
  .refine((columns) => new Set(columns.map(({ name }) => name)).size === columns.length);
export type ColumnChoice = z.infer<typeof choiceSchema>;

/** A person's own columns in order, kept in this browser; `null` for what fits the width of the window. */
export function columnChoice(): ColumnChoice | null {
  try {
    return choiceSchema.parse(JSON.parse(localStorage.getItem(storageName) ?? 'null'));
  } catch {
    return null;
  }
}

export function keepColumnChoice(choice: ColumnChoice | null): void {
  if (choice === null) localStorage.removeItem(storageName);
  else localStorage.setItem(storageName, JSON.stringify(choice));
}

/** Where nothing was chosen yet, a choice begins with these. */
export const firstChoice: ColumnChoice = (
  ['age', 'model', 'account', 'client', 'key', 'input', 'output', 'cost', 'first', 'total'] as const
).map((name) => ({ name, width: 'normal' }));
