import type { DecisionView } from '../../src-shared/contract/decision.ts';
import { readDecision } from '../routing/decision-record.ts';
import { viewDecision } from '../routing/decision-view.ts';

/** Decisions as the ledger keeps them, for people; those of an older version that cannot be read are left out. */
export const readDecisions = (records: readonly unknown[]): DecisionView[] =>
  records.flatMap((record) => {
    const decision = readDecision(record);
    return decision === null ? [] : [viewDecision(decision)];
  });
