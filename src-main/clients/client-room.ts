import { isRecipeId, type RecipeFacts, type RecipeId, recipes } from '../../src-shared/catalog/recipes.ts';
import type {
  ClientCheck,
  ClientConnected,
  ClientList,
  ClientPlan,
  ClientRecipe,
  ClientUndone,
  ClientView,
} from '../../src-shared/contract/client.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Machine } from '../config/data-folder.ts';
import { clientSetups } from './client-setups.ts';
import { createConnectionStore } from './connection-store.ts';
import { type ConnectionPorts, type ConnectionState, createConnections } from './connections.ts';
import { createInstalledPrograms } from './installed-program.ts';
import type { ClientSetup } from './setup.ts';

export interface ClientRoomPorts extends Omit<ConnectionPorts, 'store'> {
  readonly dataDir: string;
  readonly machine: Machine;
}

/** Clients as a person sees them: what is here, what is connected, and what to copy into the others. */
export interface ClientRoom {
  list(): Promise<ClientList>;
  /** All of these reject with `not_found` for a client that is not known. */
  plan(id: string): Promise<ClientPlan>;
  connect(id: string): Promise<ClientConnected>;
  undo(id: string): Promise<ClientUndone>;
  verify(id: string): Promise<ClientCheck>;
  /** What to copy, with a key that is made for it. */
  recipe(id: string): Promise<ClientRecipe>;
  /** The connected ones only; one whose settings cannot be read is `changed`. Never rejects. */
  states(): Promise<(ConnectionState & { readonly id: string; readonly name: string })[]>;
  /** Ids of the clients that Relay has written into. */
  connected(): string[];
}

/** Shown where no key has been made. */
const KEY_PLACEHOLDER = 'sk-relay-YOUR-KEY';

export function createClientRoom(ports: ClientRoomPorts): ClientRoom {
  const store = createConnectionStore(ports.dataDir);
  const connections = createConnections({ ...ports, store });
  const installed = createInstalledPrograms(ports.machine);
  // Two changes of one file at the same time would each undo the other's.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const done = last.then(run);
    last = done.catch(() => undefined);
    return done;
  };

  const factsWith = async (secret: string): Promise<RecipeFacts> => {
    const { url, models } = await ports.facts();
    return { secret, base: `${url}/v1`, model: models[0]?.id ?? 'MODEL' };
  };

  async function view(id: RecipeId): Promise<ClientView> {
    const { name, recipe } = recipes[id];
    const setup = clientSetups.find((each) => each.id === id);
    const base = { id, name, recipe: recipe(await factsWith(KEY_PLACEHOLDER)) };
    if (setup === undefined) {
      const unknown = { installed: null, version: null, files: [], connectedAt: null, keyId: null, detail: null };
      return { ...base, setup: 'copy', state: 'not-connected', ...unknown };
    }
    const connection = store.get(id);
    const [here, how, files] = await Promise.all([installed(setup), stateOf(setup), filesOf(setup)]);
    return {
      ...base,
      setup: 'automatic',
      ...here,
      ...how,
      files,
      connectedAt: connection?.connectedAt ?? null,
      keyId: connection?.keyId ?? null,
    };
  }

  /** One client's broken file must not hide all others. */
  const stateOf = (setup: ClientSetup) =>
    connections.stateOf(setup.id).catch((error: unknown) => {
      if (error instanceof RelayError) return { state: 'changed' as const, detail: error.message };
      throw error;
    });
  const filesOf = (setup: ClientSetup): Promise<string[]> =>
    connections.files(setup).catch((error: unknown) => {
      if (error instanceof RelayError) return [];
      throw error;
    });

  return {
    async list() {
      const { url, models } = await ports.facts();
      const clients = await Promise.all((Object.keys(recipes) as RecipeId[]).map(view));
      return { baseUrl: `${url}/v1`, models: [...models], clients };
    },
    plan: async (id) => connections.plan(setupOf(id)),
    connect: async (id) => inTurn(() => connections.connect(setupOf(id))),
    undo: async (id) => inTurn(() => connections.undo(id, nameOf(id))),
    verify: async (id) => connections.verify(setupOf(id)),
    async recipe(id) {
      if (!isRecipeId(id)) throw unknownClient(id);
      const { key, secret } = await ports.keys.create({ name: recipes[id].name });
      return { client: id, keyId: key.id, secret, recipe: recipes[id].recipe(await factsWith(secret)) };
    },
    states: () =>
      Promise.all(
        clientSetups
          .filter(({ id }) => store.get(id) !== null)
          .map(async (setup) => ({ id: setup.id, name: setup.name, ...(await stateOf(setup)) })),
      ),
    connected: () => store.list().map(({ client }) => client),
  };
}

function setupOf(id: string): ClientSetup {
  const setup = clientSetups.find((each) => each.id === id);
  if (setup !== undefined) return setup;
  if (!isRecipeId(id)) throw unknownClient(id);
  throw new RelayError('invalid_value', {
    message: `Relay cannot write the settings of ${recipes[id].name}. See what to copy: relay connect ${id}`,
  });
}

const nameOf = (id: string): string => (isRecipeId(id) ? recipes[id].name : id);

const unknownClient = (id: string): RelayError =>
  new RelayError('not_found', {
    message: `Relay does not know a client ${JSON.stringify(id.slice(0, 40))}. It knows: ${Object.keys(recipes).join(', ')}.`,
  });
