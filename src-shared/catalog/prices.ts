/** What a model's tokens cost at API prices. Rates are US dollars per million tokens, as price lists state them. */
export interface Price {
  readonly model: string;
  readonly input: number;
  /** `null` where the list does not say. */
  readonly cachedInput: number | null;
  /** `null` where writing to the cache costs the same as other input. */
  readonly cacheWrite: number | null;
  readonly output: number;
  /** Above this many input tokens every token of the call costs more. */
  readonly longContext: {
    readonly aboveInputTokens: number;
    readonly inputFactor: number;
    readonly outputFactor: number;
  } | null;
  /** Service tier to what it multiplies the price by. */
  readonly tierFactors: Readonly<Record<string, number>>;
  readonly source: string;
  readonly asOf: string;
}

/** PROTOCOL 8: input above 272k tokens costs twice, output one and a half times; priority twice, batch and flex half. */
const modifiers = {
  longContext: { aboveInputTokens: 272_000, inputFactor: 2, outputFactor: 1.5 },
  tierFactors: { default: 1, standard: 1, priority: 2, flex: 0.5, batch: 0.5 },
};

const litellm = { source: 'LiteLLM documentation, model announcement', asOf: '2026-11-23' };
const apiyi = { source: 'apiyi documentation, gpt-6-1-sol', asOf: '2026-11-23' };
const collected = { source: 'Third-party copies of the OpenAI price list, compared', asOf: '2026-11-23' };
const openai = { source: 'OpenAI price list, by a third-party copy', asOf: '2026-10-04' };

type Rates = readonly [input: number, cachedInput: number | null, output: number, cacheWrite?: number];

const price = (
  model: string,
  [input, cachedInput, output, cacheWrite]: Rates,
  origin: { source: string; asOf: string },
): Price => ({ model, input, cachedInput, cacheWrite: cacheWrite ?? null, output, ...modifiers, ...origin });

/** Copies made by others: a person can replace any row, and what comes of them is shown as an estimate. */
export const catalogPrices: readonly Price[] = [
  price('gpt-6.1-sol', [2, 0.1, 10, 2.5], apiyi),
  price('gpt-6-astra', [10, 1, 50, 12.5], collected),
  price('gpt-6-sol', [2, 0.2, 10, 2.5], litellm),
  price('gpt-6-luna', [0.1, 0.01, 0.5, 0.125], litellm),
  price('gpt-6.1-terra', [1, 0.05, 5, 1.25], litellm),
  price('gpt-5.6-sol', [4, 0.4, 20], collected),
  price('gpt-5.6-terra', [2, 0.2, 12], collected),
  price('gpt-5.6-luna', [0.2, 0.02, 1.2], collected),
  price('gpt-5.5', [5, 0.5, 30], openai),
  price('gpt-5.4', [2.5, 0.25, 15], openai),
  price('gpt-5.4-mini', [0.75, 0.075, 4.5], openai),
  price('gpt-5.4-nano', [0.2, null, 1.25], openai),
  price('gpt-5.2', [1.75, null, 14], openai),
  price('gpt-5.1', [1.25, null, 10], openai),
  price('gpt-5', [1.25, null, 10], openai),
];

/** What a person states for a model; the usual modifiers hold for it too. */
export interface OwnPrice {
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number | null;
  readonly cacheWrite: number | null;
}

/** The price list with a person's own rows in place of the catalogue's. */
export function priceList(own: Readonly<Record<string, OwnPrice>>): readonly Price[] {
  const rows = Object.entries(own).map(([model, rates]) => ({
    model,
    ...rates,
    ...modifiers,
    source: 'settings',
    asOf: '',
  }));
  return [...rows, ...catalogPrices];
}
