import { createSimulator, type Simulator, type SimulatorOptions } from '../../src-main/simulator/simulator.ts';
import type { AccountView } from '../../src-shared/contract/account.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { makeRelayHome, type RelayProcess, startRelayProcess } from '../support/relay-process.ts';

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
  const simulator = createSimulator({ clock: systemClock, accounts });
  const addresses = await simulator.start();
  const home = makeRelayHome({
    RELAY_CHATGPT_BASE_URL: addresses.chatgptBaseUrl,
    RELAY_OPENAI_BASE_URL: addresses.openaiBaseUrl,
    RELAY_AUTH_ISSUER: addresses.issuer,
  });
  const all: Partial<Settings> = { 'routing.strategy': 'fill-first', ...settings };
  const set = Object.entries(all).flatMap(([name, value]) => ['--set', `${name}=${textOf(value)}`]);
  const serve = (port: string): Promise<RelayProcess> => startRelayProcess(home, ['serve', '--port', port, ...set]);

  let running = await serve('0');
  const { url, apiToken, firstKey: key = '' } = running.announcement;

  async function api<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  for (const { name, kind } of accounts) {
    const account = simulator.account(name);
    const body =
      kind === 'chatgpt'
        ? { type: 'auth-json', content: account.authJson(), acceptShared: true }
        : { type: 'api-key', apiKey: account.apiKey };
    await api('POST', '/api/accounts', { ...body, label: name });
  }

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
    async kill() {
      running.kill('SIGKILL');
      await running.ended;
    },
    async startAgain() {
      running = await serve(new URL(url).port);
    },
    async stop() {
      running.kill('SIGKILL');
      await running.ended;
      await simulator.stop();
      home.remove();
    },
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
