/** What routing did so that a call did not fail: continued, paid for, or held. */
export const keptAliveSchema = `
ALTER TABLE calls ADD COLUMN spliced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN overflow INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN held_ms REAL;
`;
