import { enterSession } from '../../api/requests.ts';

const enterPrefix = '#/enter/';

export const bringsToken = (): boolean => location.hash.startsWith(enterPrefix);

/**
 * `relay open` and the app's window come with a one-time token in the hash, which no server and no log sees. It is
 * taken out of the address and the history at once, then exchanged for a session. Throws what the exchange throws.
 */
export async function enterFromHash(): Promise<void> {
  if (!bringsToken()) return;
  const token = location.hash.slice(enterPrefix.length);
  history.replaceState(null, '', location.pathname + location.search);
  await enterSession(token);
}
