import { createSimulator, type Simulator, type SimulatorOptions } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { rawCall } from './raw-call.ts';
import { makeRelayHome, type RelayHome, type RelayProcess, startRelayProcess } from './relay-process.ts';

/** The headless program as a process of its own, in front of a simulator. */
export interface RelayScene {
  readonly home: RelayHome;
  readonly simulator: Simulator;
  /** The one that runs now, or ran last. */
  readonly process: RelayProcess;
  readonly url: string;
  readonly pid: number;
  /** Of the first start; it may do everything. */
  readonly key: string;
  /** An answer of /api with the token for scripts, parsed; throws what is refused. */
  api<T>(method: string, path: string, body?: object): Promise<T>;
  /** Adds one of the simulator's accounts, labelled with its name. */
  add(name: string): Promise<{ readonly id: string }>;
  /** Resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Another process on the same data, with these arguments besides its own. */
  start(...more: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface RelaySceneOptions extends Omit<SimulatorOptions, 'clock'> {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly variables?: NodeJS.ProcessEnv;
  /** How many files the process may open. */
  readonly openFiles?: number;
}

export async function startRelayScene(options: RelaySceneOptions): Promise<RelayScene> {
  const { settings = {}, variables = {}, openFiles = null, ...simulated } = options;
  const simulator = createSimulator({ clock: systemClock, ...simulated });
  const { chatgptBaseUrl, issuer, openaiBaseUrl } = await simulator.start();
  const home = makeRelayHome({
    RELAY_CHATGPT_BASE_URL: chatgptBaseUrl,
    RELAY_AUTH_ISSUER: issuer,
    RELAY_OPENAI_BASE_URL: openaiBaseUrl,
    ...variables,
  });
  const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${textOf(value)}`]);
  const serve = (...more: readonly string[]) =>
    startRelayProcess(home, ['serve', ...more, ...set], undefined, openFiles);
  let process = await serve();
  const { firstKey: key = '' } = process.announcement;

  const scene: RelayScene = {
    home,
    simulator,
    key,
    get process() {
      return process;
    },
    get url() {
      return process.announcement.url;
    },
    get pid() {
      return process.announcement.pid;
    },
    async api<T>(method: string, path: string, body?: object) {
      const { url, apiToken } = process.announcement;
      const { status, text } = await rawCall(url, {
        method,
        path,
        headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
      return (text === '' ? null : JSON.parse(text)) as T;
    },
    add(name) {
      const { kind, apiKey, authJson } = simulator.account(name);
      const login =
        kind === 'openai'
          ? { type: 'api-key', apiKey }
          : { type: 'auth-json', content: authJson(), acceptShared: true };
      return scene.api('POST', '/api/accounts', { ...login, label: name });
    },
    async end(signal) {
      process.kill(signal);
      await process.ended;
    },
    async start(...more) {
      process = await serve(...more);
    },
    async stop() {
      await scene.end('SIGKILL');
      await simulator.stop();
      home.remove();
    },
  };
  return scene;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
