/**
 * Sums by none, one or two dimensions (`dims`, their names with commas), of hours and of whole days of the person: made from `rollups`
 * while there is nothing else to do, so that long windows read few rows. `slice_spans` says of which spans they are there and right.
 * `a` and `b` are the values of the dimensions.
 */
export const slicesSchema = `
CREATE TABLE slices (
  grain INTEGER NOT NULL,
  dims TEXT NOT NULL,
  at INTEGER NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
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
  PRIMARY KEY (grain, dims, at, a, b)
) WITHOUT ROWID;
CREATE TABLE slice_spans (
  grain INTEGER NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  zone TEXT NOT NULL,
  PRIMARY KEY (grain, at)
) WITHOUT ROWID;
`;
