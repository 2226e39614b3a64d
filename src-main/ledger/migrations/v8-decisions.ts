/**
 * Why each call went where it went, as routing packs it: a JSON array with one decision for each choice. Apart from the
 * calls, so that lists and sums never read it; it goes with its call. With row ids, so that bodies are appended and only the
 * small index is written to at random.
 */
export const decisionsSchema = `
CREATE TABLE decisions (
  call_id TEXT PRIMARY KEY NOT NULL,
  body TEXT NOT NULL
);
CREATE TRIGGER decisions_go_with_their_call AFTER DELETE ON calls BEGIN
  DELETE FROM decisions WHERE call_id = OLD.id;
END;
`;
