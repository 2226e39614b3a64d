import { readFileSync } from 'node:fs';
import { type Agent, request } from 'node:http';
import type { SimulatedAccountSpec } from '../../src-main/simulator/simulated-account.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { makeRelayHome, type RelayHome, type RelayProcess, startRelayProcess } from '../support/relay-process.ts';

/** The headless program as a process of its own, and a simulator that serves its accounts. */
export interface RelayScene {
  readonly url: string;
  readonly key: string;
  readonly pid: number;
  readonly home: RelayHome;
  readonly simulator: Simulator;
  readonly process: RelayProcess;
  /** An answer of /api, parsed. */
  api<Answer>(path: string, method?: string, body?: object): Promise<Answer>;
  /** Ends the process and starts it again on the same data. */
  restart(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

export interface RelaySceneOptions {
  readonly accounts: readonly SimulatedAccountSpec[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly simulator?: Partial<SimulatorOptions>;
  /** Of the process. */
  readonly variables?: NodeJS.ProcessEnv;
  /** Another build than the sources. */
  readonly entry?: string;
}

export async function startScene({
  accounts,
  settings = {},
  simulator: more,
  variables = {},
  entry,
}: RelaySceneOptions): Promise<RelayScene> {
  const simulator = createSimulator({ clock: systemClock, journalLimit: 100, ...more, accounts });
  const { chatgptBaseUrl, issuer, openaiBaseUrl } = await simulator.start();
  const home = makeRelayHome({
    RELAY_CHATGPT_BASE_URL: chatgptBaseUrl,
    RELAY_AUTH_ISSUER: issuer,
    RELAY_OPENAI_BASE_URL: openaiBaseUrl,
    RELAY_LOG_LEVEL: 'error',
    ...variables,
  });
  const args = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const start = (): Promise<RelayProcess> => startRelayProcess(home, ['serve', ...args], entry);
  let process = await start();
  const key = process.announcement.firstKey ?? '';

  const scene: RelayScene = {
    get url() {
      return process.announcement.url;
    },
    key,
    get pid() {
      return process.announcement.pid;
    },
    home,
    simulator,
    get process() {
      return process;
    },
    async api<Answer>(path: string, method = 'GET', body?: object) {
      const { url, apiToken } = process.announcement;
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Answer;
    },
    async restart(signal) {
      process.kill(signal);
      await process.ended;
      process = await start();
    },
    async stop() {
      process.kill('SIGKILL');
      await process.ended;
      await simulator.stop();
      home.remove();
    },
  };
  for (const { name, kind } of accounts) {
    const account = simulator.account(name);
    const login =
      kind === 'openai'
        ? { type: 'api-key', apiKey: account.apiKey, label: name }
        : { type: 'auth-json', content: account.authJson(), label: name, acceptShared: true };
    await scene.api('/api/accounts', 'POST', login);
  }
  return scene;
}

/** Resident memory of a process, MiB. Linux only. */
export function residentMiB(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1_024;
}

/** One call on a connection that is kept; rejects unless it is answered with 200. */
export function kept(agent: Agent, { url, key }: RelayScene, path: string, body: object): Promise<void> {
  const { hostname, port } = new URL(url);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method: 'POST', headers, agent }, (answer) => {
      answer.resume().on('error', reject);
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`)),
      );
    });
    outgoing.on('error', reject).end(JSON.stringify(body));
  });
}
