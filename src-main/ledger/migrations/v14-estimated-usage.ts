/** Whether the tokens of a call are partly an estimate, because an attempt that broke off never said what it used. */
export const estimatedUsageSchema = 'ALTER TABLE calls ADD COLUMN usage_estimated INTEGER NOT NULL DEFAULT 0;';
