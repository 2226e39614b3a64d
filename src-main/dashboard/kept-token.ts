import type { SecretStore } from '../secrets/secret-store.ts';

/** The name of its entry in the SecretStore. */
export const API_TOKEN = 'api-token';

/** The token for scripts stays the same across restarts where secrets can be kept; else it lives as long as this run. */
export async function keptToken(secrets: SecretStore, randomBytes: (size: number) => Buffer): Promise<string> {
  const made = randomBytes(32).toString('base64url');
  try {
    const kept = await secrets.get(API_TOKEN);
    if (kept === null) await secrets.set(API_TOKEN, made);
    return kept ?? made;
  } catch {
    return made;
  }
}
