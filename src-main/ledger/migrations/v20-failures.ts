/**
 * Every failure of an attempt or a call, by its cause. `call_facets` are the facets of its call, `account_id` is the account of the
 * attempt, '' without one; `attempt` is its place in the call, -1 for a failure that is no attempt's. `seen`: the client saw it.
 * `failures_in_groups` has the failures of long windows in the order in which they are counted.
 * Those of calls from before are found when these get their facets.
 */
export const failuresSchema = `
CREATE TABLE causes (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  phase TEXT NOT NULL,
  code TEXT,
  http_status INTEGER,
  upstream TEXT
);
CREATE TABLE failures (
  cause INTEGER NOT NULL,
  at INTEGER NOT NULL,
  call_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  facets INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  PRIMARY KEY (cause, at, call_id, attempt)
) WITHOUT ROWID;
CREATE INDEX failures_by_call ON failures (call_id);
CREATE INDEX failures_in_groups ON failures (cause, seen, facets, account_id, at);
CREATE TRIGGER failures_go_with_their_call AFTER DELETE ON calls BEGIN
  DELETE FROM failures WHERE call_id = OLD.id;
END;
`;
