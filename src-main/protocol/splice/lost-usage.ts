import type { Usage } from '../../../src-shared/domain/usage.ts';

/** How far an answer had come when an attempt at it broke off, counted from its very beginning. */
export interface LostAnswer {
  /** Characters of text that the client had. */
  readonly sentCharacters: number;
  /** Events of reasoning, of which one is about one token. */
  readonly reasoningDeltas: number;
}

/** The rule of thumb for tokens of English text and code. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * An estimate of what the attempts that broke off have used, in order: their upstreams never said. Each was asked the same as
 * the attempt that served, whose usage is given, but for the answer so far; nothing is taken to have come from a cache.
 */
export function lostUsages(lost: readonly LostAnswer[], served: Usage): Usage[] {
  const given = lost.at(-1)?.sentCharacters ?? 0;
  const question = served.inputTokens === null ? null : Math.max(0, served.inputTokens - tokensOf(given));
  return lost.map(({ sentCharacters, reasoningDeltas }, index) => {
    const before = lost[index - 1] ?? { sentCharacters: 0, reasoningDeltas: 0 };
    const reasoningTokens = reasoningDeltas - before.reasoningDeltas;
    return {
      inputTokens: question === null ? null : question + tokensOf(before.sentCharacters),
      cachedTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: tokensOf(sentCharacters - before.sentCharacters) + reasoningTokens,
      reasoningTokens,
    };
  });
}

const tokensOf = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN);
