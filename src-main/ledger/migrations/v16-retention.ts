/**
 * Up to when calls and decisions have been let go. A call from before that stands in a journal that is replayed has been in the
 * database, and in the sums, already.
 */
export const retentionSchema = `
CREATE TABLE retention (calls_until INTEGER NOT NULL, decisions_until INTEGER NOT NULL);
INSERT INTO retention VALUES (0, 0);
`;
