/**
 * Why each call went where it went, as routing packs it: a JSON array with one decision for each choice. Apart from the
 * calls, so that lists and sums never read it; it goes with its call.
 */
export const decisionsSchema = `
CREATE TABLE decisions (
  call_id TEXT PRIMARY KEY NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER decisions_go_with_their_call AFTER DELETE ON calls BEGIN
  DELETE FROM decisions WHERE call_id = OLD.id;
END;
`;
