import { affinitiesReleasedSchema, affinityListSchema, affinityQuerySchema } from '../affinity.ts';
import { decisionSchema } from '../decision.ts';
import { done, json, type Operation } from '../operation.ts';
import { rehearsalSchema } from '../rehearsal.ts';
import { replayReportSchema, routingPreviewSchema, routingReplaySchema, routingSchema } from '../routing.ts';

const routing = { tag: 'Routing', access: 'api' } as const;
const rehearsal = { tag: 'Rehearsal', access: 'api', path: '/api/rehearsal' } as const;

export const routingOperations: readonly Operation[] = [
  {
    ...routing,
    method: 'get',
    path: '/api/routing',
    id: 'getRouting',
    summary: 'How accounts are chosen',
    description: 'Strategy, weights, breakers, the network, and what metered keys have cost today.',
    answers: [json('Routing', routingSchema, 'The state of routing.')],
    etag: 'read',
  },
  {
    ...routing,
    method: 'post',
    path: '/api/routing/preview',
    id: 'previewRoute',
    summary: 'Where a call would go',
    description: 'All candidates with their scores and the reasons. Nothing is sent and nothing is counted.',
    body: { name: 'RoutingPreview', schema: routingPreviewSchema, example: { model: 'gpt-5.5' } },
    answers: [json('Decision', decisionSchema, 'The decision as it would be now.')],
    errors: [404],
  },
  {
    ...routing,
    method: 'post',
    path: '/api/routing/replay',
    id: 'replayRoutes',
    summary: 'What other choices would have done',
    description: 'Decides the calls of the log again with another strategy or without some accounts. Nothing is sent.',
    body: { name: 'RoutingReplay', schema: routingReplaySchema, example: { strategy: 'balanced' } },
    answers: [json('ReplayReport', replayReportSchema, 'Calls, moves, cached tokens and cost, side by side.')],
    errors: [404],
  },
  {
    ...routing,
    method: 'get',
    path: '/api/routing/affinities',
    id: 'listAffinities',
    summary: 'Which account serves which conversation',
    description: 'The most recently used first. Ids are digests: nothing of what was said can be read from them.',
    query: { schema: affinityQuerySchema, example: { limit: 20 } },
    answers: [json('AffinityList', affinityListSchema, 'A page of ties.')],
    etag: 'read',
  },
  {
    ...routing,
    method: 'delete',
    path: '/api/routing/affinities',
    id: 'releaseAffinities',
    summary: 'Let all conversations choose anew',
    description: 'Each with its next call.',
    answers: [json('AffinitiesReleased', affinitiesReleasedSchema, 'How many were released.')],
  },
  {
    ...routing,
    params: { id: 'conv_0f3b' },
    method: 'delete',
    path: '/api/routing/affinities/{id}',
    id: 'releaseAffinity',
    summary: 'Let a conversation choose anew',
    description: 'With its next call. Once released, it is not found.',
    answers: [done('It is released.')],
  },
  {
    ...rehearsal,
    method: 'get',
    id: 'getRehearsal',
    summary: 'The last rehearsal',
    description: 'Failures in front of your own settings, by scene and client.',
    answers: [json('Rehearsal', rehearsalSchema, 'As far as it has come.')],
    etag: 'read',
  },
  {
    ...rehearsal,
    method: 'post',
    id: 'startRehearsal',
    summary: 'Play a rehearsal',
    description: 'On simulated accounts. One that runs already goes on.',
    answers: [json('Rehearsal', rehearsalSchema, 'It runs.', 202)],
  },
];
