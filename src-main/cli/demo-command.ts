import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { isTaken } from '../config/taken-port.ts';
import { createLog } from '../log/log.ts';
import { announcementOf, printAnnouncement, printWelcome } from './announcement.ts';
import { addDemoScene } from './demo-scene.ts';
import { runDemoTraffic } from './demo-traffic.ts';
import { keepServing } from './keep-serving.ts';
import { listenError } from './listen-error.ts';
import { portOption } from './serve-command.ts';
import { untilAskedToEnd } from './signals.ts';
import type { Terminal } from './terminal.ts';

interface DemoOptions {
  readonly port?: number;
  readonly json?: true;
  readonly quiet?: true;
}

export function demoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description(
      'run Relay on three simulated accounts with weeks of calls behind it and light traffic; nothing is kept',
    )
    .option('--port <n>', 'the port (default: RELAY_PORT or 4141, or a free one while that is taken)', portOption)
    .option('--json', 'print one JSON object with address, token and key first')
    .option('--quiet', 'send no traffic, and begin with an empty log')
    .action((options: DemoOptions) => runDemo(terminal, options));
}

async function runDemo(terminal: Terminal, options: DemoOptions): Promise<void> {
  const port = options.port ?? (await openPort(terminal.environment().port));
  const dataDir = mkdtempSync(join(tmpdir(), 'relay-demo-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const log = createLog({ dir: join(dataDir, 'logs'), level: 'info', stderr: 'warn' });
  const { addDemoAccounts, createDemoSimulator } = await import('./demo-pool.ts');
  const simulator = createDemoSimulator();
  const { issuer, ...baseUrls } = await simulator.start();
  // Nothing of the person's own settings: the demo must reach the simulator and nothing else.
  const environment = { ...readEnvironment({}), ...baseUrls, authIssuer: issuer, secrets: 'memory' } as const;
  const { createRelay } = await import('../relay.ts');
  const relay = await createRelay({ dataDir, environment, port, log, demo: true });
  await addDemoAccounts(relay, simulator);
  if (!options.quiet) await addDemoScene(relay, Date.now());
  const address = await relay.start().catch(async (error: unknown) => {
    await relay.stop();
    throw listenError(error, port, '127.0.0.1');
  });
  const ended = untilAskedToEnd();
  keepServing(log);
  const { secret: firstKey } = await relay.keys.create({ name: 'First key' });
  const announcement = announcementOf(relay, address, dataDir, firstKey);
  if (options.json) printAnnouncement(terminal, announcement);
  else {
    printWelcome(terminal, announcement);
    for (const line of demoLines(address.url, dataDir, firstKey)) terminal.print(line);
  }
  const traffic = new AbortController();
  if (!options.quiet) {
    const { secret: key } = await relay.keys.create({ name: 'Demo traffic' });
    void runDemoTraffic({ baseUrl: `${address.url}/v1`, key, signal: traffic.signal, wait: terminal.wait });
  }
  await ended;
  traffic.abort();
  await relay.stop();
  await simulator.stop();
  await log.close();
}

/** A Relay of the person's own may hold the port; the demo is there to be looked at beside it. */
const openPort = async (port: number): Promise<number> => (port !== 0 && (await isTaken(port)) ? 0 : port);

const demoLines = (url: string, dataDir: string, key: string): string[] => [
  '',
  `  Try it       curl ${url}/v1/responses -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" ` +
    `-d '{"model":"gpt-5.5","input":"Hello","stream":true}'`,
  `  Commands     RELAY_HOME=${dataDir} npx relay logs --follow   (so any command reaches the demo)`,
  '  End it       Ctrl-C; nothing is kept',
];
