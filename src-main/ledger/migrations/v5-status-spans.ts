/** What subsystems were measured to be, and for how long without a gap. */
export const statusSpansSchema = `
CREATE TABLE status_spans (
  subsystem TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  sentence TEXT NOT NULL,
  PRIMARY KEY (subsystem, from_at)
) WITHOUT ROWID;
CREATE INDEX status_spans_by_end ON status_spans (to_at);
`;
