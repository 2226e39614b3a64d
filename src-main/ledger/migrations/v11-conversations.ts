/**
 * Which account a conversation is tied to, and which account made a piece of encrypted state. Conversations and encrypted state are
 * digests; an `account_id` of '' stands for no account of this pool.
 */
export const conversationsSchema = `
CREATE TABLE affinities (
  conversation_id TEXT PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL,
  tied_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  cached_tokens INTEGER,
  turns INTEGER NOT NULL,
  mixed INTEGER NOT NULL,
  compacted INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE encrypted_origins (
  digest TEXT PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL,
  seen_at INTEGER NOT NULL
) WITHOUT ROWID;
`;
