import {
  clientCheckSchema,
  clientConnectedSchema,
  clientListSchema,
  clientPlanSchema,
  clientRecipeSchema,
  clientUndoneSchema,
  seenClientListSchema,
} from '../client.ts';
import { doctorSchema } from '../doctor.ts';
import { ollamaSchema } from '../ollama.ts';
import { json, type Operation } from '../operation.ts';

const clients = { tag: 'Clients', access: 'api' } as const;
const one = { ...clients, method: 'post', params: { id: 'codex' } } as const;

export const clientOperations: readonly Operation[] = [
  {
    method: 'get',
    access: 'api',
    tag: 'Relay',
    path: '/api/doctor',
    id: 'examineRelay',
    summary: 'Look at everything that Relay needs',
    description:
      'Folder, lock, port, database, secrets, upstreams (one HEAD each, no quota), clock, accounts and connected clients, each with what to do. Takes seconds.',
    answers: [json('DoctorReport', doctorSchema, 'What was found.')],
  },
  {
    ...clients,
    method: 'get',
    path: '/api/clients',
    id: 'listClients',
    summary: 'List clients',
    description:
      'Programs that can be pointed at Relay, whether they are here and connected, and what to copy by hand.',
    answers: [json('ClientList', clientListSchema, 'All clients, and the base URL and models that they are given.')],
    etag: 'read',
  },
  {
    ...clients,
    method: 'get',
    path: '/api/clients/seen',
    id: 'listSeenClients',
    summary: 'Who has called',
    description:
      'Programs recognised in the newest calls, what Relay left out or translated for each, what was refused, and the setting that spares it.',
    answers: [json('SeenClientList', seenClientListSchema, 'Most calls first.')],
    etag: 'read',
  },
  {
    ...clients,
    method: 'get',
    path: '/api/ollama',
    id: 'getOllamaBridge',
    summary: 'Whether Ollama clients are served',
    description:
      'Where the bridge for clients that speak only Ollama’s protocol listens. ollama.enabled, ollama.port and ollama.keyId in the settings change it.',
    answers: [json('OllamaBridge', ollamaSchema, 'The bridge as it is now.')],
    etag: 'read',
  },
  {
    ...one,
    path: '/api/clients/{id}/plan',
    id: 'planClient',
    summary: 'What connecting would change',
    description: 'Each file as a unified diff without secrets. Nothing is changed.',
    answers: [json('ClientPlan', clientPlanSchema, 'The changes.')],
    errors: [409],
  },
  {
    ...one,
    path: '/api/clients/{id}/connect',
    id: 'connectClient',
    summary: 'Connect a client',
    description:
      'Makes a key for it, keeps a copy of its settings, writes them and asks Relay with what it will send. May be repeated.',
    answers: [json('ClientConnected', clientConnectedSchema, 'What was changed, and whether it works.')],
    errors: [409],
  },
  {
    ...one,
    path: '/api/clients/{id}/undo',
    id: 'undoClient',
    summary: 'Take a connection back',
    description:
      'The same bytes as before where nobody changed the file since, else only what Relay wrote is taken out. Its key is revoked.',
    answers: [json('ClientUndone', clientUndoneSchema, 'What became of each file.')],
    errors: [409],
  },
  {
    ...one,
    path: '/api/clients/{id}/verify',
    id: 'verifyClient',
    summary: 'Ask Relay as the client would',
    description: 'Reads the model list with the key that stands in the client’s settings. No quota is used.',
    answers: [json('ClientCheck', clientCheckSchema, 'Whether it works.')],
  },
  {
    ...one,
    path: '/api/clients/{id}/recipe',
    id: 'makeClientRecipe',
    summary: 'What to copy, with a new key',
    description: 'Makes a key named after the client and fills it in. It is shown this once.',
    params: { id: 'cursor' },
    answers: [json('ClientRecipe', clientRecipeSchema, 'The lines and the key.', 201)],
  },
];
