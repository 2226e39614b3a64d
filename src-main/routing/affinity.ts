import type { Clock } from '../../src-shared/domain/clock.ts';

/** A conversation's tie to the account that serves it, so that its cache stays warm and its encrypted state stays readable. */
export interface Affinity {
  /** The account that served the conversation last, or `null`. */
  owner(conversationId: string): string | null;
  tie(conversationId: string, accountId: string): void;
  /** The account that gave out a turn state (PROTOCOL 3.6), or `null`. */
  turnStateOwner(turnState: string): string | null;
  tieTurnState(turnState: string, accountId: string): void;
}

const MAX_CONVERSATIONS = 20_000;
const MAX_TURN_STATES = 5_000;
const KEPT_MS = 24 * 3_600_000;

export function createAffinity(clock: Clock): Affinity {
  const conversations = createRecent(MAX_CONVERSATIONS, clock);
  const turnStates = createRecent(MAX_TURN_STATES, clock);
  return {
    owner: conversations.get,
    tie: conversations.set,
    turnStateOwner: turnStates.get,
    tieTurnState: turnStates.set,
  };
}

/** A map that forgets what was not used for a day, and the least recently used when it is full. */
function createRecent(most: number, clock: Clock) {
  const entries = new Map<string, { value: string; usedAt: number }>();
  return {
    get(key: string): string | null {
      const entry = entries.get(key);
      if (entry === undefined) return null;
      if (clock.monotonic() - entry.usedAt <= KEPT_MS) return entry.value;
      entries.delete(key);
      return null;
    },
    set(key: string, value: string): void {
      entries.delete(key);
      entries.set(key, { value, usedAt: clock.monotonic() });
      if (entries.size <= most) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
  };
}
