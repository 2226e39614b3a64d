import {
  type CallQuery,
  type CallValueField,
  callDetailSchema,
  callListSchema,
  callValuesSchema,
} from '../../src-shared/contract/call.ts';
import { type PauseWish, relayStateSchema } from '../../src-shared/contract/pause.ts';
import { publicStatusSchema } from '../../src-shared/contract/public-status.ts';
import { rehearsalSchema } from '../../src-shared/contract/rehearsal.ts';
import { sessionSchema } from '../../src-shared/contract/session.ts';
import { statusSchema } from '../../src-shared/contract/status.ts';
import { ask } from './client.ts';

const segment = encodeURIComponent;

export const enterSession = (token: string) => ask(sessionSchema, '/api/session', { method: 'POST', body: { token } });

/** As anyone on this machine sees it. */
export const getPublicStatus = () => ask(publicStatusSchema, '/status.json');

export const getStatus = () => ask(statusSchema, '/api/status');

export const pauseRelay = (body: PauseWish) => ask(relayStateSchema, '/api/relay/pause', { method: 'POST', body });
export const resumeRelay = () => ask(relayStateSchema, '/api/relay/resume', { method: 'POST' });

export const getCall = (id: string) => ask(callDetailSchema, `/api/calls/${segment(id)}`);
export function getCalls(query: Partial<CallQuery>, signal: AbortSignal) {
  const given = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return ask(callListSchema, `/api/calls?${new URLSearchParams(given)}`, { signal });
}

/** With the field that was asked for: what is shown while another one is read is not its own. */
export async function getCallValues(field: CallValueField, text: string, signal: AbortSignal) {
  const query = new URLSearchParams({ field, limit: '50', ...(text === '' ? {} : { text }) });
  return { field, ...(await ask(callValuesSchema, `/api/calls/values?${query}`, { signal })) };
}

export const getRehearsal = () => ask(rehearsalSchema, '/api/rehearsal');
export const startRehearsal = () => ask(rehearsalSchema, '/api/rehearsal', { method: 'POST' });
