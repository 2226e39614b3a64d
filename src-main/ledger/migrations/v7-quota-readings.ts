/**
 * How each window went in its running period, for the pace: `readings` is JSON of [seconds, percent] pairs, oldest first.
 * `credits` and `facts` are what the upstream said last, as JSON of the contract; `asked_at` is kept so that a restart does
 * not ask again too early. `since` tells a rest from a reading that is older.
 */
export const quotaReadingsSchema = `
CREATE TABLE window_readings (
  account_id TEXT NOT NULL,
  family TEXT NOT NULL,
  length_ms INTEGER NOT NULL,
  readings TEXT NOT NULL,
  PRIMARY KEY (account_id, family, length_ms)
);
CREATE TABLE account_usage (
  account_id TEXT PRIMARY KEY NOT NULL,
  asked_at INTEGER,
  credits TEXT NOT NULL,
  facts TEXT NOT NULL
);
ALTER TABLE rests ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
`;
