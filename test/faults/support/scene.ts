import { expect } from 'vitest';
import type { Simulator, SimulatorOptions } from '../../../src-main/simulator/simulator.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { CallDetail } from '../../../src-shared/contract/call.ts';
import type { KeyCreate } from '../../../src-shared/contract/key.ts';
import { type RawAnswer, type RawRequest, rawCall } from '../../support/raw-call.ts';
import type { RelayHome, RelayProcess } from '../../support/relay-process.ts';
import { startRelayScene } from '../../support/relay-scene.ts';

export interface SceneOptions {
  /** As `--set name=value`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** How many ChatGPT logins, named l0, l1 and so on, rows can take. */
  readonly logins?: number;
  /** How many API keys, named k0, k1 and so on. */
  readonly apiKeys?: number;
  readonly simulator?: Partial<SimulatorOptions>;
  readonly variables?: NodeJS.ProcessEnv;
}

/** Accounts of one row, tried in the order of their names, and a Relay key that reaches only them. */
export interface Pool {
  readonly names: readonly string[];
  readonly key: string;
  readonly keyId: string;
}

export type Endpoint = 'responses' | 'chat';

/** A real process of Relay in front of a simulated upstream. Rows take accounts that no other row has. */
export interface Scene {
  readonly relay: RelayProcess;
  readonly home: RelayHome;
  readonly simulator: Simulator;
  readonly url: string;
  /** So many logins (or API keys) that no row has used. */
  pool(size: number, more?: Partial<KeyCreate> & { readonly kind?: 'chatgpt' | 'openai' }): Promise<Pool>;
  raw(request: RawRequest): Promise<RawAnswer>;
  ask(
    key: string,
    endpoint: Endpoint,
    text: string,
    more?: object,
    headers?: Record<string, string>,
  ): Promise<RawAnswer>;
  api<T>(method: string, path: string, body?: object): Promise<T>;
  /** Adds one of the simulator's accounts, labelled with its name. */
  add(name: string): Promise<unknown>;
  account(label: string): Promise<AccountView>;
  /** The row of the call whose answer this is, once it is final. */
  callOf(answer: RawAnswer): Promise<CallDetail>;
  /** Ends the process and starts another on the same data folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const names = (letter: string, count = 0): string[] =>
    Array.from({ length: count }, (_, index) => `${letter}${index}`);
  const free = { chatgpt: names('l', options.logins), openai: names('k', options.apiKeys) };
  const scene = await startRelayScene({
    ...options.simulator,
    accounts: [
      ...free.chatgpt.map((name) => ({ name, kind: 'chatgpt' as const })),
      ...free.openai.map((name) => ({ name, kind: 'openai' as const })),
    ],
    settings: { 'routing.strategy': 'fill-first', 'routing.holdMs': 0, ...options.settings },
    variables: options.variables ?? {},
  });
  const { home, simulator } = scene;
  const raw = (request: RawRequest): Promise<RawAnswer> => rawCall(scene.url, request);
  const api: Scene['api'] = (method, path, body) => scene.api(method, `/api${path}`, body);

  return {
    home,
    simulator,
    raw,
    api,
    add: scene.add,
    get relay() {
      return scene.process;
    },
    get url() {
      return scene.url;
    },
    async pool(size, { kind = 'chatgpt', ...more } = {}) {
      const taken = free[kind].splice(0, size);
      if (taken.length < size) throw new Error(`The scene has no ${size} ${kind} accounts left: declare more.`);
      for (const name of taken) await scene.add(name);
      const { key, secret } = await api<{ key: { id: string }; secret: string }>('POST', '/keys', {
        name: taken.join(' '),
        accounts: taken,
        ...more,
      });
      return { names: taken, key: secret, keyId: key.id };
    },
    ask: (key, endpoint, text, more = {}, headers = {}) =>
      raw({
        path: endpoint === 'chat' ? '/v1/chat/completions' : '/v1/responses',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({
          model: 'gpt-5.5',
          ...(endpoint === 'chat' ? { messages: [{ role: 'user', content: text }] } : { input: text }),
          ...more,
        }),
      }),
    async account(label) {
      const { accounts } = await api<{ accounts: AccountView[] }>('GET', '/accounts');
      return accounts.find((account) => account.label === label)!;
    },
    async callOf(answer) {
      const read = () => api<CallDetail>('GET', `/calls/${answer.headers['x-request-id']}`);
      await expect.poll(async () => (await read().catch(() => null))?.status ?? 'inflight').not.toBe('inflight');
      return read();
    },
    async restart() {
      await scene.end('SIGTERM');
      await scene.start();
    },
    stop: scene.stop,
  };
}
