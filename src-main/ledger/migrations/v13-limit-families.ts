/** Models that count against a limit of their own instead of the plan's, as refusals and answers have named it. */
export const limitFamiliesSchema = `
CREATE TABLE limit_families (
  model TEXT PRIMARY KEY NOT NULL,
  family TEXT NOT NULL
);
`;
