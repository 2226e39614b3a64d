/**
 * What a person allows per key when accounts fail, and what routing has learned of failing accounts. `model` is '' for the path to
 * an account as a whole. `open_until` is by the wall clock: monotonic time begins anew with every start.
 */
export const failoverSchema = `
ALTER TABLE keys ADD COLUMN overflow INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN splice TEXT;

CREATE TABLE breakers (
  account_id TEXT NOT NULL,
  model TEXT NOT NULL,
  failures INTEGER NOT NULL,
  opens INTEGER NOT NULL,
  open_until INTEGER NOT NULL,
  PRIMARY KEY (account_id, model)
);

CREATE TABLE cooldowns (
  account_id TEXT NOT NULL,
  family TEXT NOT NULL,
  streak INTEGER NOT NULL,
  PRIMARY KEY (account_id, family)
);
`;
