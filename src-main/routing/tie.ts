import type { AffinityQuery } from '../../src-shared/contract/affinity.ts';

/** A conversation's tie to the account that serves it, so that its cache stays warm and its encrypted state stays readable. */
export interface Tie {
  readonly accountId: string;
  /** Since when it is this account (ms). */
  readonly tiedAt: number;
  readonly usedAt: number;
  /** What the account has of the conversation in its prompt cache, as its last answer said; 0 once that has gone cold. */
  readonly cachedTokens: number | null;
  /** Answers from this account; 0 where it is only where a conversation may begin. */
  readonly turns: number;
  /** The conversation may hold encrypted state of more accounts than this one. */
  readonly mixed: boolean;
  /** The conversation holds encrypted state that cannot be left out. */
  readonly compacted: boolean;
}

export interface TiePage {
  readonly ties: readonly (readonly [conversationId: string, tie: Tie])[];
  readonly nextCursor: string | null;
}

/** One page, the most recently used first; ties of the same millisecond are told apart by their id. */
export function pageOf(all: Iterable<readonly [string, Tie]>, { limit, cursor, accountId }: AffinityQuery): TiePage {
  const after = cursor === undefined ? null : readCursor(cursor);
  const found = [...all].filter(
    ([id, tie]) =>
      (accountId === undefined || tie.accountId === accountId) &&
      (after === null || tie.usedAt < after.usedAt || (tie.usedAt === after.usedAt && id < after.id)),
  );
  found.sort(([a, one], [b, other]) => other.usedAt - one.usedAt || (a < b ? 1 : -1));
  const ties = found.slice(0, limit);
  const last = ties.at(-1);
  const more = found.length > limit && last !== undefined;
  return { ties, nextCursor: more ? `${last[1].usedAt}:${last[0]}` : null };
}

/** The contract has checked its form. */
function readCursor(cursor: string): { usedAt: number; id: string } {
  const colon = cursor.indexOf(':');
  return { usedAt: Number(cursor.slice(0, colon)), id: cursor.slice(colon + 1) };
}
