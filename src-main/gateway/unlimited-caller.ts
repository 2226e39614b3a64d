import type { CallerIdentity } from './ports.ts';

/** Someone who may call everything and is held to no limit: the person themself, without a Relay key. */
export const unlimitedCaller = (id: string, name: string): CallerIdentity => ({
  id,
  name,
  project: null,
  member: null,
  models: null,
  accounts: null,
  limits: { requestsPerMinute: null, tokensPerMinute: null, concurrency: null },
  maxOutputTokens: null,
  endpoints: null,
  effortCeiling: null,
  overflow: false,
  splice: null,
  capture: null,
});
