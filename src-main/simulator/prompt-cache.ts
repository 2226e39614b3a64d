/** Tokens by the simulator's rule: four characters each. */
export const tokensOf = (characters: number): number => Math.ceil(characters / 4);

export interface PromptCache {
  /** How many tokens of this prompt the account still has from the same session; remembers the prompt. */
  cachedTokens(account: string, session: string | null, prompt: string): number;
}

const sessionLimit = 500;

/**
 * The upstream's prompt cache: hits need the same account, the same `session-id` and 1,024 equal tokens at the start
 * (PROTOCOL 2.8, 11), counted in steps of 128 as the API does.
 */
export function createPromptCache(): PromptCache {
  const sessions = new Map<string, string[]>();
  return {
    cachedTokens(account, session, prompt) {
      if (session === null) return 0;
      const key = `${account}\n${session}`;
      const known = sessions.get(key) ?? [];
      const shared = Math.max(0, ...known.map((earlier) => sharedLength(earlier, prompt)));
      sessions.delete(key);
      sessions.set(key, [prompt, ...known].slice(0, 4));
      if (sessions.size > sessionLimit) sessions.delete(sessions.keys().next().value ?? '');
      const tokens = Math.floor(shared / 4 / 128) * 128;
      return tokens >= 1024 ? tokens : 0;
    },
  };
}

function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}
