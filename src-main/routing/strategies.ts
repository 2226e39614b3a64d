import type { Settings } from '../../src-shared/contract/settings.ts';
import type { StrategyName, Weights } from '../../src-shared/domain/decision.ts';

/**
 * The scale: one point of the headroom part in `balanced` is 0.40, and all parts that change from call to call add up to
 * less than 1. What a person decided therefore stands above them: burn-first is 1 above normal, normal is 2 above reserve,
 * a subscription is 4 above a metered key. The cache part may reach 1.5: a conversation whose cache is worth about a dollar
 * stays even where a burn-first account is free, because moving it costs more than the order is worth; nothing keeps it on
 * a reserve account or a metered key once another can serve.
 */
const decided = { policy: 3, metered: 4 };

/** Only to break ties; smaller than one step of `turn` in pools of up to 15, so that equal accounts still take turns. */
const order = 0.001;

const balanced: Weights = {
  ...decided,
  // What would expire unused goes first, what must last is kept.
  headroom: 0.4,
  // Five failures in a row cost about half of it, as much as a half-empty window.
  reliability: 0.3,
  // Ten seconds slower to the first token is worth half of it: less than quota, more than chance.
  speed: 0.1,
  // Eight calls at once cost half of it.
  load: 0.15,
  cache: 1.5,
  order,
  // Enough to share among equals and to outweigh noise in the measurements, never to overrule a real difference.
  turn: 0.03,
  steady: 0,
};

/** Ready-made weights by name. */
const strategies: Readonly<Record<StrategyName, Weights>> = {
  balanced,
  // Windows that end with something left in them count four times as much; a cache somewhat less.
  'use-it-or-lose-it': { ...balanced, headroom: 1.6, speed: 0.05, cache: 1, turn: 0.01 },
  // The first in the person's order until it cannot serve. Breakers and rests move calls on, nothing else does.
  'fill-first': { ...balanced, headroom: 0, reliability: 0, speed: 0, load: 0, turn: 0, order: 1 },
  // New conversations go round; running ones stay where their cache is.
  'round-robin': { ...balanced, headroom: 0, reliability: 0, speed: 0, load: 0, turn: 1 },
  fastest: { ...balanced, headroom: 0.2, reliability: 0.5, speed: 1, load: 0.5, cache: 0.5, turn: 0.02 },
  // Everything on the account that took the latest call, until it cannot serve; then the best one takes over and keeps it.
  single: { ...balanced, cache: 0.5, turn: 0, steady: 1 },
};

/** The weights to score by, and the name they go under. */
export interface Scoring {
  readonly strategy: StrategyName;
  readonly weights: Weights;
}

/** A strategy's weights, with a person's own in place of them where they are given. */
export function scoringOf(settings: Pick<Settings, 'routing.strategy' | 'routing.weights'>): Scoring {
  const strategy = settings['routing.strategy'];
  const own = settings['routing.weights'];
  return { strategy, weights: { ...strategies[strategy], ...own } };
}
