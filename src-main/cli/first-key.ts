import type { Keys } from '../keys/keys.ts';

/** A Relay without any key gets one, so that nothing is open and something works. `null` where there was one. */
export async function makeFirstKey(keys: Keys): Promise<string | null> {
  if (keys.list().length > 0) return null;
  return (await keys.create({ name: 'First key' })).secret;
}
