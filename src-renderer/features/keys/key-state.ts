import type { KeyView } from '../../../src-shared/contract/key.ts';

/** Why a key no longer works, or `null` while it does. */
export function endOf(key: KeyView, now: number): 'Revoked' | 'Expired' | null {
  if (key.revokedAt !== null) return 'Revoked';
  return key.expiresAt !== null && key.expiresAt <= now ? 'Expired' : null;
}

/** Until when the secret of before still works; `null` where it does not. */
export const graceOf = (key: KeyView, now: number): number | null =>
  key.revokedAt === null && key.previousUntil !== null && key.previousUntil > now ? key.previousUntil : null;

/** Whether what was typed is found in a key's words. */
export function matchesKey(key: KeyView, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [key.name, key.prefix, key.project, key.member, key.lastClient].some(
    (field) => field?.toLowerCase().includes(wanted) === true,
  );
}

/** What a key is kept to, one short line each. */
export function scopesOf(key: KeyView, accountName: (id: string) => string): string[] {
  const { models, accounts, endpoints, effortCeiling, maxOutputTokens } = key;
  return [
    ...(models === null ? [] : [`Models: ${models.join(', ')}`]),
    ...(accounts === null ? [] : [`Accounts: ${accounts.map(accountName).join(', ')}`]),
    ...(endpoints === null ? [] : [`Endpoints: ${endpoints.join(', ')}`]),
    ...(effortCeiling === null ? [] : [`Reasoning: at most ${effortCeiling}`]),
    ...(maxOutputTokens === null ? [] : [`Output: at most ${maxOutputTokens} tokens a call`]),
    ...(key.overflow ? ['May overflow to metered API keys'] : []),
    ...(key.capture === null
      ? []
      : [key.capture === 'all' ? 'Bodies of all calls are kept' : 'Bodies of calls that did not end well are kept']),
    ...(key.splice === null
      ? []
      : [key.splice === 'text' ? 'Broken answers are continued' : 'Broken answers are not continued']),
  ];
}
