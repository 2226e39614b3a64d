import type { EncryptedItem } from '../protocol/encrypted-items.ts';
import { type EncryptedOrigins, NOBODY } from '../routing/encrypted-origins.ts';
import type { ConversationState } from '../routing/ports.ts';
import type { Tie } from '../routing/tie.ts';

/** The encrypted state that a request replays, and what of it may go to which account: no account gets what another one made. */
export interface ReplayedState {
  /** The account that made what cannot be left out; `null` where there is no such thing, or nobody knows. */
  readonly boundTo: string | null;
  /** Places in the input of what the account must not get; `null` where it may have everything. */
  leftOut(accountId: string): ReadonlySet<number> | null;
  /** The account has refused what it got. Whether there is anything more to leave out, which `leftOut` then tells. */
  refused(accountId: string): boolean;
  /**
   * The account answers, so what it got was its own to read, unless its wire carries no encrypted state (`carried` false).
   * What to remember of the conversation.
   */
  served(accountId: string, carried: boolean): ConversationState;
}

/** The input of a request, as far as it is looked at for encrypted state. */
export interface ReplayedInput {
  /** Looks for all of it, which costs time in a large input: asked only where the tie does not tell enough. */
  items(): readonly EncryptedItem[];
  /** A glance: true only where there is a compaction. */
  showsCompaction(): boolean;
}

export function createReplayedState(tie: Tie | null, origins: EncryptedOrigins, input: ReplayedInput): ReplayedState {
  let found: readonly EncryptedItem[] | null = null;
  const all = (): readonly EncryptedItem[] => {
    found ??= input.items();
    return found;
  };
  /** Who has what nobody is known to have made: the conversation's account, else the first that it goes to. */
  let owner = tie !== null && tie.turns > 0 ? tie.accountId : null;
  const refusals = new Set<string>();
  const isWholly = (accountId: string): boolean =>
    tie !== null && tie.turns > 0 && tie.accountId === accountId && !tie.mixed && !refusals.has(accountId);
  const mayHave = (item: EncryptedItem, accountId: string): boolean => {
    if (item.droppable && refusals.has(accountId)) return false;
    const maker = origins.of(item.digest);
    // What cannot be left out and may be anyone's goes where the call goes.
    return maker === null ? accountId === owner || !item.droppable : maker === accountId;
  };
  const boundTo = (): string | null => {
    if (tie !== null && tie.turns > 0) {
      if (!tie.compacted) return null;
      if (!tie.mixed && input.showsCompaction()) return tie.accountId;
    }
    const last = all().findLast((item) => !item.droppable);
    if (last === undefined) return null;
    return origins.of(last.digest) ?? owner;
  };

  return {
    boundTo: boundTo(),
    leftOut(accountId) {
      owner ??= accountId;
      if (isWholly(accountId)) return null;
      const left = all().filter((item) => !mayHave(item, accountId));
      return left.length === 0 ? null : new Set(left.map(({ index }) => index));
    },
    refused(accountId) {
      const sent = all().filter((item) => item.droppable && mayHave(item, accountId));
      if (sent.length === 0) return false;
      const doubtful = sent.filter(({ digest }) => origins.of(digest) === null);
      for (const { digest } of doubtful.length > 0 ? doubtful : sent) origins.learn(digest, NOBODY);
      refusals.add(accountId);
      return true;
    },
    served(accountId, carried) {
      if (isWholly(accountId)) return { mixed: false, compacted: tie?.compacted === true };
      if (carried) {
        for (const item of all()) {
          if (origins.of(item.digest) === null && mayHave(item, accountId)) origins.learn(item.digest, accountId);
        }
      }
      return {
        mixed: all().some(({ digest }) => origins.of(digest) !== accountId),
        compacted: all().some(({ droppable }) => !droppable),
      };
    },
  };
}
