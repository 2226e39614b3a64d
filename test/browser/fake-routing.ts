import type { AffinityView } from '../../src-shared/contract/affinity.ts';
import type { ReplayReport, RoutingReplay, RoutingView } from '../../src-shared/contract/routing.ts';
import { decision, replayReport, routingView } from '../unit/dashboard/samples.ts';

export interface RoutingState {
  routing: RoutingView;
  affinities: AffinityView[];
  replay: (asked: RoutingReplay) => ReplayReport;
}

export const createRoutingState = (): RoutingState => ({
  routing: routingView,
  affinities: [],
  replay: ({ strategy = 'balanced', weights = {} }) => ({
    ...replayReport,
    strategy,
    weights: { ...replayReport.weights, ...weights },
  }),
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** What Relay answers under /api/routing; `null` for other paths. */
export function answerRouting(state: RoutingState, { method, path, query, body }: Request): Response | null {
  if (path === '/api/routing') return Response.json(state.routing);
  if (path === '/api/routing/preview') {
    const { model, strategy } = body as { model?: string; strategy?: 'balanced' };
    return Response.json({ ...decision, model: model ?? decision.model, strategy: strategy ?? decision.strategy });
  }
  if (path === '/api/routing/replay') return Response.json(state.replay(body as RoutingReplay));
  if (!path.startsWith('/api/routing/affinities')) return null;
  if (method === 'GET') {
    const start = Number(query.get('cursor')?.split(':')[0] ?? 0);
    const end = start + Number(query.get('limit'));
    const nextCursor = end < state.affinities.length ? `${end}:conv` : null;
    return Response.json({ affinities: state.affinities.slice(start, end), nextCursor });
  }
  const kept =
    path === '/api/routing/affinities' ? [] : state.affinities.filter((tie) => !path.endsWith(tie.conversationId));
  const released = state.affinities.length - kept.length;
  state.affinities = kept;
  return path === '/api/routing/affinities' ? Response.json({ released }) : new Response(null, { status: 204 });
}
