import { decide } from '../../../src-main/routing/decide.ts';
import { packDecision } from '../../../src-main/routing/decision-record.ts';
import { scoringOf } from '../../../src-main/routing/strategies.ts';
import { account, candidate, choosing } from '../routing/candidates.ts';
import { startAt } from './samples.ts';

/** How the decision of the samples is stored. */
export const packed: unknown = JSON.parse(
  packDecision(
    decide(
      [
        candidate(account('acc_1', { label: 'personal' })),
        candidate(account('acc_2', { label: 'work', enabled: false })),
      ],
      choosing(),
      scoringOf({ 'routing.strategy': 'fill-first', 'routing.weights': { metered: 0, policy: 0 } }),
      startAt,
      () => 0,
    ),
  ),
);
