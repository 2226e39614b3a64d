import { failureListSchema } from '../../src-shared/contract/failure.ts';
import { ask } from './client.ts';

export const getFailures = (query: URLSearchParams, signal: AbortSignal) =>
  ask(failureListSchema, `/api/errors?${query}`, { signal });
