import type { Simulator, SimulatorOptions } from '../../src-main/simulator/simulator.ts';
import type { AccountView } from '../../src-shared/contract/account.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { startRelayScene } from '../support/relay-scene.ts';

export interface LiveRelay {
  readonly simulator: Simulator;
  readonly url: string;
  /** A Relay key that may do everything. */
  readonly key: string;
  /** Asks /api with the token for scripts; throws what it refuses. */
  api<T>(method: string, path: string, body?: object): Promise<T>;
  account(label: string): Promise<AccountView>;
  /** The newest calls of the log, newest first. */
  calls(): Promise<readonly CallRecord[]>;
  /** One call of a client, read to its end. */
  call(body: object, options?: ClientOptions): Promise<ClientAnswer>;
  /** Ends it without a word to it, as a crash does. */
  kill(): Promise<void>;
  /** The same port, the same data. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

interface ClientOptions {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface ClientAnswer {
  readonly status: number;
  readonly text: string;
}

export interface LiveRelayOptions {
  /** They are tried in this order. */
  readonly accounts: SimulatorOptions['accounts'];
  readonly settings?: Partial<Settings>;
}

/** The real headless program in a process of its own, in front of the simulator, with its accounts added. */
export async function startLiveRelay({ accounts, settings = {} }: LiveRelayOptions): Promise<LiveRelay> {
  const scene = await startRelayScene({ accounts, settings: { 'routing.strategy': 'fill-first', ...settings } });
  const { simulator, url, key, api } = scene;
  for (const { name } of accounts) await scene.add(name);

  async function call(body: object, { key: sent = key, headers = {} }: ClientOptions = {}): Promise<ClientAnswer> {
    const response = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sent}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'Hello', ...body }),
    });
    return { status: response.status, text: await response.text() };
  }

  return {
    simulator,
    url,
    key,
    api,
    call,
    async account(label) {
      const { accounts: found } = await api<{ accounts: AccountView[] }>('GET', '/api/accounts');
      const account = found.find((each) => each.label === label);
      if (account === undefined) throw new Error(`There is no account ${label}.`);
      return account;
    },
    calls: async () => (await api<{ calls: CallRecord[] }>('GET', '/api/calls?limit=500')).calls,
    kill: () => scene.end('SIGKILL'),
    startAgain: () => scene.start('--port', new URL(url).port),
    stop: scene.stop,
  };
}
