/**
 * All that calls can be told apart by, apart from their numbers: there are few different sets of it, so any filter becomes a list
 * of sets, and the calls of each are found newest first. `identity` is a JSON array of the other columns. The index by account
 * goes: it is in the facets. Calls from before get theirs afterwards, in slices: `facets_backlog` holds up to which row they have none.
 */
export const callFacetsSchema = `
CREATE TABLE call_facets (
  id INTEGER PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  http_status INTEGER,
  error_code TEXT,
  endpoint TEXT NOT NULL,
  stream INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  key_name TEXT NOT NULL,
  project TEXT,
  member TEXT,
  client TEXT,
  model_asked TEXT NOT NULL,
  model_ran TEXT,
  account_id TEXT,
  account_label TEXT,
  failed_over INTEGER NOT NULL,
  spliced INTEGER NOT NULL,
  overflow INTEGER NOT NULL,
  has_reason INTEGER NOT NULL
);
ALTER TABLE calls ADD COLUMN facets INTEGER;
CREATE INDEX calls_by_facets ON calls (facets, started_at, id) WHERE facets IS NOT NULL;
DROP INDEX calls_by_account;

CREATE TABLE facets_backlog (last_row INTEGER NOT NULL);
INSERT INTO facets_backlog SELECT coalesce(max(rowid), 0) FROM calls;
`;
