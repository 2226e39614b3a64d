import {
  clientCheckSchema,
  clientConnectedSchema,
  clientListSchema,
  clientPlanSchema,
  clientRecipeSchema,
  clientUndoneSchema,
  seenClientListSchema,
} from '../../src-shared/contract/client.ts';
import { ask } from './client.ts';

const at = (id: string, action: string): string => `/api/clients/${encodeURIComponent(id)}/${action}`;
const method = 'POST';

export const getClients = () => ask(clientListSchema, '/api/clients');
export const getSeenClients = () => ask(seenClientListSchema, '/api/clients/seen');
/** Changes nothing. */
export const planClient = (id: string) => ask(clientPlanSchema, at(id, 'plan'), { method });
export const connectClient = (id: string) => ask(clientConnectedSchema, at(id, 'connect'), { method });
export const undoClient = (id: string) => ask(clientUndoneSchema, at(id, 'undo'), { method });
/** Asks Relay with the key that stands in the client's settings; no quota is used. */
export const verifyClient = (id: string) => ask(clientCheckSchema, at(id, 'verify'), { method });
/** Makes a key. */
export const makeRecipe = (id: string) => ask(clientRecipeSchema, at(id, 'recipe'), { method });
