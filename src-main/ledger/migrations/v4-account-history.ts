/**
 * What changed about accounts and who did it; rows outlive their account. `by_person` marks a rest that was asked for, which no
 * answer of an upstream ends.
 */
export const accountHistorySchema = `
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  account_id TEXT,
  account_label TEXT,
  detail TEXT NOT NULL
);
CREATE INDEX audit_by_account ON audit (account_id, id);
ALTER TABLE rests ADD COLUMN by_person INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN models_read_at INTEGER;
`;
