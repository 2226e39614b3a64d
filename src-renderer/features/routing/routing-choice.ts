import type { Settings } from '../../../src-shared/contract/settings.ts';
import { type PartName, partNames, type StrategyName } from '../../../src-shared/domain/decision.ts';

/** How accounts are chosen: a strategy, with a person's own weights in place of some of its own. */
export interface RoutingChoice {
  readonly strategy: StrategyName;
  readonly weights: Readonly<Partial<Record<PartName, number>>>;
}

export const choiceOf = (settings: Settings): RoutingChoice => ({
  strategy: settings['routing.strategy'],
  weights: settings['routing.weights'],
});

export const settingsOf = ({ strategy, weights }: RoutingChoice): Partial<Settings> => ({
  'routing.strategy': strategy,
  'routing.weights': { ...weights },
});

export const isSameChoice = (a: RoutingChoice, b: RoutingChoice): boolean =>
  a.strategy === b.strategy && partNames.every((part) => a.weights[part] === b.weights[part]);

/** With another weight for one part; the strategy's own where it is `null`. */
export function withWeight({ strategy, weights }: RoutingChoice, part: PartName, weight: number | null): RoutingChoice {
  const { [part]: _, ...others } = weights;
  return { strategy, weights: weight === null ? others : { ...others, [part]: weight } };
}

export const strategyWords: Readonly<Record<StrategyName, { readonly name: string; readonly means: string }>> = {
  balanced: { name: 'Balanced', means: 'Quota against time, reliability, speed, load and warm caches.' },
  'use-it-or-lose-it': {
    name: 'Use it or lose it',
    means: 'What would be lost at a reset goes first; caches count a little less.',
  },
  'fill-first': { name: 'Fill first', means: 'The first account in your order until it cannot serve, then the next.' },
  'round-robin': {
    name: 'Round robin',
    means: 'New conversations take turns; running ones stay where their cache is.',
  },
  fastest: { name: 'Fastest', means: 'Whoever answered soonest lately.' },
  single: { name: 'Single', means: 'Everything on one account until it cannot serve.' },
};

export const partMeans: Readonly<Record<PartName, string>> = {
  headroom: 'quota that would expire unused goes first',
  reliability: 'recent attempts that answered',
  speed: 'time to the first output',
  load: 'few calls at once',
  cache: 'what moving away would cost',
  policy: 'burn first, normal, reserve',
  metered: 'subscriptions before metered keys',
  order: 'your order of the accounts',
  turn: 'not chosen for long',
  steady: 'chosen last time',
};
