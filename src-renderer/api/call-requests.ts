import { callBodiesSchema } from '../../src-shared/contract/call-bodies.ts';
import { ask, send } from './client.ts';

const at = (id: string, action: string): string => `/api/calls/${encodeURIComponent(id)}/${action}`;

export const getCallBodies = (id: string) => ask(callBodiesSchema, at(id, 'bodies'));
export const eraseCallBodies = (id: string) => send(at(id, 'bodies'), { method: 'DELETE' });
/** One call for somebody else: names replaced, and without bodies. */
export const callExportPath = (id: string, format: 'json' | 'har'): string => at(id, `export?format=${format}`);
/** All calls of a filter, which is an address's search. */
export const callListExportPath = (search: string, format: 'csv' | 'jsonl'): string =>
  `/api/calls/export.${format}${search}`;
