import type { SubsystemState } from '../../../src-shared/contract/public-status.ts';

export const stateWords: Readonly<Record<SubsystemState, string>> = {
  ok: 'works',
  degraded: 'degraded',
  down: 'down',
  unknown: 'not known',
};

export const stateFills: Readonly<Record<SubsystemState, string>> = {
  ok: 'bg-good-fill',
  degraded: 'bg-warn-fill',
  down: 'bg-bad-fill',
  unknown: 'bg-line-strong',
};
