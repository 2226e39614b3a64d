/**
 * What a person decides about an account, and why it needs one to sign in again. `paused_until` is only read while `paused`
 * is 1; without it the pause has no end.
 */
export const accountControlSchema = `
ALTER TABLE accounts ADD COLUMN policy TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE accounts ADD COLUMN position REAL NOT NULL DEFAULT 0;
UPDATE accounts SET position = rowid;
ALTER TABLE accounts ADD COLUMN max_concurrency INTEGER;
ALTER TABLE accounts ADD COLUMN color TEXT;
ALTER TABLE accounts ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN paused_until INTEGER;
ALTER TABLE accounts ADD COLUMN pinned_until INTEGER;
ALTER TABLE accounts ADD COLUMN needs_sign_in TEXT;
`;
