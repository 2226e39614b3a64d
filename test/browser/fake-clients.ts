import { isRecipeId, recipes } from '../../src-shared/catalog/recipes.ts';
import type { ClientCheck, ClientPlan, ClientView, SeenClient } from '../../src-shared/contract/client.ts';

const base = 'http://127.0.0.1:4141/v1';
const recipeOf = (id: string, secret: string) => {
  if (!isRecipeId(id)) throw new Error(`There is no recipe for ${id}.`);
  return recipes[id].recipe({ secret, base, model: 'gpt-5.5' });
};

const copied = (id: 'cursor' | 'curl' | 'python'): ClientView => ({
  ...{ id, name: recipes[id].name, setup: 'copy', installed: null, version: null, files: [] },
  ...{ state: 'not-connected', detail: null, connectedAt: null, keyId: null },
  recipe: recipeOf(id, 'sk-relay-YOUR-KEY'),
});

export const codexClient: ClientView = {
  ...{ id: 'codex', name: 'Codex', setup: 'automatic', installed: true, version: '0.169.0' },
  files: ['/home/me/.codex/config.toml'],
  ...{ state: 'not-connected', detail: null, connectedAt: null, keyId: null },
  recipe: recipeOf('codex', 'sk-relay-YOUR-KEY'),
};

/** What the API of clients answers from. */
export const createClientState = () => ({
  clients: [codexClient, copied('cursor'), copied('python'), copied('curl')] as ClientView[],
  seen: [] as SeenClient[],
  clientPlan: {
    client: 'codex',
    changes: [
      {
        path: '/home/me/.codex/config.toml',
        creates: false,
        diff: '--- a\n+++ b\n@@ -1,1 +1,2 @@\n+model_provider = "relay"\n-model_provider = "openai"\n model = "gpt-5.5"\n',
      },
    ],
    sends: 'key',
    notes: ['Earlier conversations stay visible.'],
    steps: ['Start Codex again.'],
  } as ClientPlan,
  clientCheck: { ok: true, sentence: 'Relay answered with 3 models.' } as ClientCheck,
});

const refusal = (code: number, message: string): Response =>
  Response.json({ error: { message, type: 'invalid_request_error', param: null, code: null } }, { status: code });

/** `null` where the path is not of clients. */
export function answerClients(state: ReturnType<typeof createClientState>, path: string): Response | null {
  if (path === '/api/clients')
    return Response.json({
      baseUrl: base,
      models: [{ id: 'gpt-5.5', name: 'GPT-5.5', contextWindow: 272_000 }],
      clients: state.clients,
    });
  if (path === '/api/clients/seen') return Response.json({ lookedAt: 500, clients: state.seen });
  const [, id, action] = /^\/api\/clients\/([\w-]+)\/(\w+)$/.exec(path) ?? [];
  if (id === undefined) return null;
  const change = (patch: Partial<ClientView>): void => {
    state.clients = state.clients.map((client) => (client.id === id ? { ...client, ...patch } : client));
  };
  switch (action) {
    case 'plan':
      return Response.json(state.clientPlan);
    case 'connect':
      change({ state: 'connected', detail: null, connectedAt: Date.now(), keyId: 'key_2' });
      return Response.json({ ...state.clientPlan, keyId: 'key_2', secret: null, check: state.clientCheck });
    case 'verify':
      return Response.json(state.clientCheck);
    case 'undo': {
      change({ state: 'not-connected', connectedAt: null, keyId: null });
      const files = [{ path: '/home/me/.codex/config.toml', outcome: 'merged', kept: ['model'] }];
      return Response.json({ client: id, files, keyRevoked: true, sentence: 'Codex is as before, but for one file.' });
    }
    case 'recipe':
      return Response.json(
        { client: id, keyId: 'key_3', secret: 'sk-relay-fresh', recipe: recipeOf(id, 'sk-relay-fresh') },
        { status: 201 },
      );
    default:
      return refusal(404, 'There is no such resource under /api.');
  }
}
