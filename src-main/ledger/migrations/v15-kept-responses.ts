/**
 * Answers that clients may go on from by `previous_response_id`, with what they were asked: `input` and `response` are JSON. A chain is
 * what began with one response; its rows go together. `at_upstream`: the account keeps the response as well, under the ids of its items.
 */
export const keptResponsesSchema = `
CREATE TABLE kept_responses (
  key_id TEXT NOT NULL,
  id TEXT NOT NULL,
  chain_id TEXT NOT NULL,
  previous_id TEXT,
  conversation_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  at_upstream INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  input BLOB NOT NULL,
  response BLOB NOT NULL,
  PRIMARY KEY (key_id, id)
);
CREATE INDEX kept_responses_by_chain ON kept_responses (key_id, chain_id);

CREATE TABLE kept_items (
  key_id TEXT NOT NULL,
  id TEXT NOT NULL,
  response_id TEXT NOT NULL,
  PRIMARY KEY (key_id, id)
) WITHOUT ROWID;

CREATE TABLE kept_chains (
  key_id TEXT NOT NULL,
  id TEXT NOT NULL,
  used_at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (key_id, id)
) WITHOUT ROWID;
`;
