/** How many tokens an answer to a key's call may have. */
export const outputLimitSchema = 'ALTER TABLE keys ADD COLUMN max_output_tokens INTEGER;';
