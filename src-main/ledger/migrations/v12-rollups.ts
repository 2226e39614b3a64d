/**
 * Sums of calls by minute, hour and day. Calls from before are counted afterwards, in slices: `rollup_backlog` holds up to
 * which row they are not counted yet.
 */
export const rollupsSchema = `
CREATE TABLE rollup_dims (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  account_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  project TEXT NOT NULL,
  member TEXT NOT NULL,
  client TEXT NOT NULL,
  status TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  UNIQUE (key_id, model, account_id, project, member, client, status, endpoint)
);
CREATE TABLE rollups (
  grain INTEGER NOT NULL,
  at INTEGER NOT NULL,
  dims INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  unknown_usage INTEGER NOT NULL,
  unknown_cost INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  cost_micro_usd INTEGER NOT NULL,
  spent_micro_usd INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  streamed_tokens INTEGER NOT NULL,
  streamed_ms INTEGER NOT NULL,
  ttft_bins TEXT NOT NULL,
  duration_bins TEXT NOT NULL,
  PRIMARY KEY (grain, at, dims)
) WITHOUT ROWID;
CREATE TABLE rollup_backlog (last_row INTEGER NOT NULL);
INSERT INTO rollup_backlog SELECT coalesce(max(rowid), 0) FROM calls;
`;
