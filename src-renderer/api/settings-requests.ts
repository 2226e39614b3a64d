import { erasedBodiesSchema, keptBodiesSchema } from '../../src-shared/contract/call-bodies.ts';
import { importPlanSchema } from '../../src-shared/contract/portable.ts';
import { type SecretsMove, secretsMovedSchema, secretsSchema } from '../../src-shared/contract/secrets.ts';
import { type Settings, settingsSchema } from '../../src-shared/contract/settings.ts';
import { ask, askTagged } from './client.ts';

/** With the tag that a change of them names, so that it undoes nobody's. */
export const getSettings = () => askTagged(settingsSchema, '/api/settings');
export const changeSettings = (change: Partial<Settings>, ifMatch: string | null) =>
  askTagged(settingsSchema, '/api/settings', { method: 'PATCH', body: change, ifMatch });

export const getSecrets = () => ask(secretsSchema, '/api/secrets');
export const moveSecrets = (body: SecretsMove) =>
  ask(secretsMovedSchema, '/api/secrets/move', { method: 'POST', body });

export const getKeptBodies = () => ask(keptBodiesSchema, '/api/bodies');
export const eraseBodies = () => ask(erasedBodiesSchema, '/api/bodies', { method: 'DELETE' });

/** `file` is what an export wrote; with `dryRun` nothing is changed. */
export const importSettings = (file: object, dryRun: boolean) =>
  ask(importPlanSchema, `/api/import?dryRun=${dryRun ? 1 : 0}`, { method: 'POST', body: file });
