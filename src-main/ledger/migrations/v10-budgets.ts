/** What a key may do at most (NULL is no limit), and what a key, member or project may use in a period; what it used is in `calls`. */
export const budgetsSchema = `
ALTER TABLE keys ADD COLUMN requests_per_minute INTEGER;
ALTER TABLE keys ADD COLUMN tokens_per_minute INTEGER;
ALTER TABLE keys ADD COLUMN concurrency INTEGER;
ALTER TABLE keys ADD COLUMN endpoints TEXT;
ALTER TABLE keys ADD COLUMN effort_ceiling TEXT;

CREATE TABLE budgets (
  id TEXT PRIMARY KEY NOT NULL,
  scope TEXT NOT NULL,
  subject TEXT NOT NULL,
  unit TEXT NOT NULL,
  period TEXT NOT NULL,
  amount INTEGER NOT NULL,
  marks TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX calls_by_project ON calls (project, started_at, id) WHERE project IS NOT NULL;
CREATE INDEX calls_by_member ON calls (member, started_at, id) WHERE member IS NOT NULL;
`;
