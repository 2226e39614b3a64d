import type { DecisionCandidate } from '../../../src-shared/contract/decision.ts';
import type { PartName } from '../../../src-shared/domain/decision.ts';

export const partHeadings: Readonly<Record<PartName, string>> = {
  headroom: 'Headroom',
  reliability: 'Reliability',
  speed: 'Speed',
  load: 'Load',
  cache: 'Cache',
  policy: 'Policy',
  metered: 'Billing',
  order: 'Order',
  turn: 'Turn',
  steady: 'Steady',
};

/** Parts that are equal for all who could serve decide nothing. */
export function sharedParts(candidates: readonly DecisionCandidate[]): ReadonlySet<PartName> {
  const usable = candidates.filter(({ gate }) => gate === null);
  const [first] = usable;
  if (first === undefined || usable.length === 1) return new Set();
  const shared = first.parts.filter(({ name, value }) =>
    usable.every(({ parts }) => parts.find((part) => part.name === name)?.value === value),
  );
  return new Set(shared.map(({ name }) => name));
}
