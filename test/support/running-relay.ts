import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../src-main/log/log.ts';
import { createRelay, type Relay } from '../../src-main/relay.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src-main/simulator/simulator.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import type { ManualTime } from './manual-timers.ts';
import { sealNothing, testPassphrase } from './sealed-nothing.ts';

export interface RunningRelay {
  readonly relay: Relay;
  readonly simulator: Simulator;
  /** Without a path. */
  readonly url: string;
  readonly apiToken: string;
  /** A Relay key that may do everything. */
  readonly key: string;
  /** What Relay logged as warnings and errors. */
  readonly logged: readonly string[];
  /** All calls so far, oldest first. */
  calls(): Promise<CallRecord[]>;
  /** Stops Relay and starts it again on the same data folder, at another port. Needs `secrets: 'file'`. */
  restart(): Promise<RunningRelay>;
  stop(): Promise<void>;
}

export interface RunningRelayOptions {
  /** Default: one ChatGPT login named `a`. ChatGPT logins are imported, API keys added, in this order. */
  readonly accounts?: SimulatorOptions['accounts'];
  /** Logins and keys that the simulator knows and Relay does not. */
  readonly strangers?: SimulatorOptions['accounts'];
  readonly simulator?: Partial<SimulatorOptions>;
  readonly settings?: Partial<Settings>;
  /** What ends by itself in Relay ends by this time, and calls have its dates. Sockets keep to their own. */
  readonly time?: ManualTime;
  /** Default: `memory`, which forgets all logins at a restart. */
  readonly secrets?: 'memory' | 'file';
  /** The folder in which Relay looks for programs of the person; default: none. */
  readonly programs?: string;
  /** Something that stands between Relay and the simulator: its origin in place of the simulator's. */
  readonly through?: (origin: string) => Promise<string>;
}

/** A real Relay on a free port, in front of a simulated upstream, with secrets in memory and its own data folder. */
export async function startRelay(options: RunningRelayOptions = {}): Promise<RunningRelay> {
  const accounts = options.accounts ?? [{ name: 'a', kind: 'chatgpt' as const }];
  const simulator = createSimulator({
    clock: systemClock,
    ...options.simulator,
    accounts: [...accounts, ...(options.strangers ?? [])],
    // Whoever signs in comes back to a free port: the real ones may be somebody's.
    signIn: { redirectPorts: 'any', ...options.simulator?.signIn },
  });
  const upstream = await simulator.start();
  const dataDir = await mkdtemp(join(tmpdir(), 'relay-test-'));
  if (options.secrets === 'file') sealNothing(dataDir);
  const logged: string[] = [];
  const { origin } = new URL(upstream.chatgptBaseUrl);
  const front = options.through === undefined ? origin : await options.through(origin);
  const open = () =>
    createRelay({
      dataDir,
      port: 0,
      callbackPorts: [0],
      // Clients of whoever runs the tests are not theirs to look at.
      machine: {
        platform: process.platform,
        homeDir: join(dataDir, 'home'),
        variables: options.programs === undefined ? {} : { PATH: options.programs, RELAY_PASSPHRASE: 'not for them' },
      },
      log: collectingLog(logged),
      settings: options.settings ?? {},
      ...(options.time === undefined ? {} : { clock: options.time.clock, timers: options.time.timers }),
      environment: {
        home: dataDir,
        port: 0,
        chatgptBaseUrl: upstream.chatgptBaseUrl.replace(origin, front),
        authIssuer: upstream.issuer,
        openaiBaseUrl: upstream.openaiBaseUrl.replace(origin, front),
        secrets: options.secrets ?? 'memory',
        passphrase: options.secrets === 'file' ? testPassphrase : null,
        logLevel: 'warn',
      },
    });
  const relay = await open();
  const { url, apiToken } = await relay.start();
  for (const { name, kind } of accounts) {
    const account = simulator.account(name);
    const added =
      kind === 'chatgpt'
        ? await relay.accounts.importAuthJson({ content: account.authJson(), label: name, acceptShared: true })
        : await relay.accounts.addApiKey({ apiKey: account.apiKey, wire: 'responses', label: name });
    await relay.refreshModels(added.id);
  }
  simulator.clearJournal();
  const { secret } = await relay.keys.create({ name: 'test' });
  const view = (running: Relay, at: { readonly url: string; readonly apiToken: string }): RunningRelay => ({
    relay: running,
    simulator,
    url: at.url,
    apiToken: at.apiToken,
    key: secret,
    logged,
    calls: async () => (await running.ledger.calls({ limit: 500 })).calls.toReversed(),
    async restart() {
      await running.stop();
      const next = await open();
      return view(next, await next.start());
    },
    async stop() {
      await running.stop();
      await simulator.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  });
  return view(relay, { url, apiToken });
}

function collectingLog(lines: string[]): Log {
  const collect = (fields: object, sentence: string): void => {
    const { err } = fields as { err?: unknown };
    lines.push(err === undefined ? sentence : `${sentence}: ${err instanceof Error ? err.stack : String(err)}`);
  };
  const log: Log = { debug() {}, info() {}, warn: collect, error: collect, child: () => log, close: async () => {} };
  return log;
}
