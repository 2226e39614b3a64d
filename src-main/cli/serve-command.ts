import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { prepareDataFolder } from '../config/data-folder.ts';
import { readPort } from '../config/environment.ts';
import { readOverrides } from '../config/settings-store.ts';
import { createLog } from '../log/log.ts';
import { prepareFileStore } from '../secrets/file-store.ts';
import { createSealKeyDeriver } from '../secrets/sealed-secrets.ts';
import { announcementOf, announceRunning, printAnnouncement, printWelcome } from './announcement.ts';
import { makeFirstKey } from './first-key.ts';
import { keepServing } from './keep-serving.ts';
import { type LanChoice, lanAccess, lanAnnouncement } from './lan-access.ts';
import { listenError } from './listen-error.ts';
import { findRunning, whenFree } from './open-relay.ts';
import { untilAskedToEnd } from './signals.ts';
import { dataDirOf, passphraseOf, type Terminal } from './terminal.ts';

interface ServeOptions extends LanChoice {
  readonly port?: number;
  readonly json?: true;
  readonly recover?: true;
  readonly set: Partial<Settings>;
}

export function serveCommand(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description('run Relay without a window')
    .option('--port <n>', 'the port (default: RELAY_PORT or 4141); 0 takes a free one', portOption)
    .option(
      '--bind <address>',
      'the address to listen on; any but this machine’s own needs one of the next',
      '127.0.0.1',
    )
    .addOption(new Option('--tls <how>', 'make a certificate for other machines and keep it').choices(['self-signed']))
    .option('--tls-cert <file>', 'your own certificate, in PEM form')
    .option('--tls-key <file>', 'its key')
    .option('--insecure-lan', 'let other machines in without encryption')
    .option('--host <name>', 'a name under which other machines know this one; may be repeated', oneMore, [])
    .option('--json', 'print one JSON object with address and token first')
    .option('--set <key=value>', 'a setting for this run; may be repeated', settingOption, {})
    .option('--recover', 'keep a damaged database, or one of another program, aside and begin a new one')
    .action((options: ServeOptions) => serve(terminal, options));
}

/** Runs until it is asked to end. Where Relay runs on this data folder already, says so and is done (P-02). */
async function serve(terminal: Terminal, { set, ...options }: ServeOptions): Promise<void> {
  const json = options.json ?? false;
  const environment = terminal.environment();
  const dataDir = dataDirOf(terminal);
  const { bind } = options;
  const port = options.port ?? environment.port;
  prepareDataFolder(dataDir);
  const lan = await lanAccess(options, dataDir, terminal.now());
  const log = createLog({ dir: join(dataDir, 'logs'), level: environment.logLevel, stderr: 'warn' });
  // Another core works on it while this one reads the program.
  const deriveSealKey = createSealKeyDeriver();
  if (environment.secrets === 'file' && environment.passphrase !== null)
    prepareFileStore(dataDir, environment.passphrase, deriveSealKey);
  const { createRelay } = await import('../relay.ts');
  const opened = await whenFree(terminal, async () => {
    const running = await findRunning(dataDir);
    return (
      running ??
      createRelay({
        ...{ dataDir, environment, settings: set, port, bind, lan, log, recover: options.recover ?? false },
        passphrase: passphraseOf(terminal),
        deriveSealKey,
      })
    );
  });
  if ('pid' in opened) return announceRunning(terminal, opened, json);

  const relay = opened;
  const address = await relay.start().catch(async (error: unknown) => {
    await relay.stop();
    throw listenError(error, port, bind);
  });
  const ended = untilAskedToEnd();
  keepServing(log);
  const first = await makeFirstKey(relay.keys);
  const announcement = { ...announcementOf(relay, address, dataDir, first), ...lanAnnouncement(lan, address.url) };
  (json ? printAnnouncement : printWelcome)(terminal, announcement);
  if (lan !== null && lan.tls === null) {
    terminal.note(`Other machines can reach Relay at ${bind}, and what they send and get is not encrypted.`);
  }
  log.info({ url: address.url, pid: process.pid }, 'Relay is running.');
  await ended;
  log.info({}, 'Relay is ending: running calls may finish.');
  await relay.stop();
  log.info({}, 'Relay has ended.');
  await log.close();
}

export function portOption(text: string): number {
  return asUsage(() => readPort(text, '--port'));
}

function settingOption(pair: string, before: Partial<Settings>): Partial<Settings> {
  return { ...before, ...asUsage(() => readOverrides([pair])) };
}

const oneMore = (name: string, before: readonly string[]): string[] => [...before, name];

/** What is wrong in an argument is wrong usage. */
function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RelayError ? new InvalidArgumentError(error.message) : error;
  }
}
