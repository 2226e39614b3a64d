/** What an account can do now. Of all that holds the first in this order is told; what comes later is not forgotten, only less urgent. */
export const healthStates = [
  'disabled',
  'paused',
  'needs-sign-in',
  'unlock-keyring',
  'resting',
  'unreachable',
  'busy',
  'degraded',
  'plan-lacks-model',
  'ready',
] as const;
export type HealthState = (typeof healthStates)[number];

const serving: ReadonlySet<HealthState> = new Set(['ready', 'busy', 'degraded', 'plan-lacks-model']);

/** Whether calls go to an account in this state: now, or in the case of `busy` as soon as one of its calls ends. */
export const canServe = (state: HealthState): boolean => serving.has(state);
