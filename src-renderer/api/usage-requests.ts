import { usageHoursSchema, usageSchema } from '../../src-shared/contract/usage.ts';
import { ask } from './client.ts';

export const getUsage = (query: URLSearchParams, signal: AbortSignal) =>
  ask(usageSchema, `/api/usage?${query}`, { signal });

export const getUsageHours = (query: URLSearchParams, signal: AbortSignal) =>
  ask(usageHoursSchema, `/api/usage/hours?${query}`, { signal });

/** The same answer as a file. */
export const usageExport = (query: URLSearchParams, kind: 'csv' | 'json'): string =>
  `/api/usage/export.${kind}?${query}`;
