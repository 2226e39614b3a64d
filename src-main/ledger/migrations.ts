import { firstSchema } from './migrations/v1-first-schema.ts';

/** Position + 1 is the version in `PRAGMA user_version`. A released migration is never edited, only followed by another. */
export const migrations: readonly string[] = [firstSchema];
