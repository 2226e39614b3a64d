/** Set while a deleted account waits for its calls to end and its secret to be erased; then the row goes. */
export const accountRemovalSchema = `
ALTER TABLE accounts ADD COLUMN removed_at INTEGER;
`;
