import type { UsageView } from '../contract/usage.ts';
import { usageCsv } from './usage-csv.ts';

export type UsageForm = 'json' | 'csv';

/** What is shown, as a whole file. */
export const usageText = (view: UsageView, form: UsageForm): string =>
  form === 'json' ? JSON.stringify(view) : [...usageCsv(view)].join('');
