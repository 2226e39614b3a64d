import { affinitiesReleasedSchema, affinityListSchema } from '../../src-shared/contract/affinity.ts';
import { decisionSchema } from '../../src-shared/contract/decision.ts';
import {
  type RoutingPreview,
  type RoutingReplay,
  replayReportSchema,
  routingSchema,
} from '../../src-shared/contract/routing.ts';
import { ask, send } from './client.ts';

const method = 'POST';

export const getRouting = () => ask(routingSchema, '/api/routing');
/** Nothing is sent and nothing is counted. */
export const previewRoute = (body: RoutingPreview, signal: AbortSignal) =>
  ask(decisionSchema, '/api/routing/preview', { method, body, signal });
export const replayRoutes = (body: RoutingReplay, signal: AbortSignal) =>
  ask(replayReportSchema, '/api/routing/replay', { method, body, signal });

export function getAffinities(cursor: string | null, limit: number, signal: AbortSignal) {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { cursor }) });
  return ask(affinityListSchema, `/api/routing/affinities?${query}`, { signal });
}
export const releaseAffinity = (id: string) =>
  send(`/api/routing/affinities/${encodeURIComponent(id)}`, { method: 'DELETE' });
export const releaseAffinities = () => ask(affinitiesReleasedSchema, '/api/routing/affinities', { method: 'DELETE' });
