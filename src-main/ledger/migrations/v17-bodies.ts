/**
 * Bodies and headers of calls whose key asks for them, redacted, as one JSON text; they go before their call does, or with it.
 * `capture` of a key is NULL where nothing is kept.
 */
export const bodiesSchema = `
ALTER TABLE keys ADD COLUMN capture TEXT;
CREATE TABLE bodies (
  call_id TEXT PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX bodies_by_time ON bodies (at, bytes);
CREATE TRIGGER bodies_go_with_their_call AFTER DELETE ON calls BEGIN
  DELETE FROM bodies WHERE call_id = OLD.id;
END;
`;
