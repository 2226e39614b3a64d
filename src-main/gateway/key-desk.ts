import type { KeyRoom } from '../keys/key-room.ts';
import type { Keys } from '../keys/keys.ts';
import type { ActiveCalls } from './active-calls.ts';

/** Keys as a person handles them: with their live use, and taking one back can also end the calls of it that run. */
export function createKeyDesk(keys: Keys, use: KeyRoom['use'], active: Pick<ActiveCalls, 'endOf'>) {
  return {
    ...keys,
    use,
    async revoke(id: string, cut = false) {
      const key = await keys.revoke(id);
      if (cut) active.endOf(id);
      return key;
    },
  };
}
