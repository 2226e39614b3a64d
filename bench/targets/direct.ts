import type { TargetKind } from './target.ts';

/** The load client alone against the upstream: what the other rows cannot exceed. */
export const direct: TargetKind = {
  name: 'direct',
  label: 'direct (no proxy)',
  missing: () => null,
  start: async ({ upstreamPort }) => ({ port: upstreamPort, headers: {}, pid: null, stop: async () => {} }),
};
