import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { sealNothing, testPassphrase } from './sealed-nothing.ts';
import { secretsIn } from './secrets-in.ts';

const sourceEntry = fileURLToPath(new URL('../../src-main/entry.mjs', import.meta.url));

/** What a process of Relay gets: a home of its own and nothing of the person's environment that Relay would read. */
export interface RelayHome {
  readonly dir: string;
  readonly dataDir: string;
  readonly variables: NodeJS.ProcessEnv;
  /** Throws where a secret is found in its files: whatever happened in it, none may be there (FAULTS G13). */
  remove(): void;
}

/** One in which Relay has never run: there is no data folder. */
export function makeNewHome(variables: NodeJS.ProcessEnv = {}): RelayHome {
  const dir = mkdtempSync(join(tmpdir(), 'relay-home-'));
  const dataDir = join(dir, 'data');
  const inherited = Object.entries(process.env).filter(([name]) => !/^(RELAY|VITEST|NODE)_/.test(name));
  return {
    dir,
    dataDir,
    variables: {
      ...Object.fromEntries(inherited),
      HOME: dir,
      RELAY_HOME: dataDir,
      RELAY_PORT: '0',
      RELAY_SECRETS: 'file',
      RELAY_PASSPHRASE: testPassphrase,
      ...variables,
    },
    remove() {
      const found = secretsIn(dataDir);
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
      if (found.length > 0) throw new Error(`Relay has left ${found.join(', ')}.`);
    },
  };
}

/** Nothing is in it but an encrypted file that opens at once. */
export function makeRelayHome(variables: NodeJS.ProcessEnv = {}): RelayHome {
  const home = makeNewHome(variables);
  const { RELAY_SECRETS: secrets, RELAY_PASSPHRASE: passphrase } = home.variables;
  if (secrets === 'file' && passphrase === testPassphrase) sealNothing(home.dataDir);
  return home;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end. `onOutput` sees its stdout so far, each time that it grows, and can send it a signal. */
export function runRelay(
  home: RelayHome,
  args: readonly string[],
  input = '',
  onOutput: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
  entry = sourceEntry,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [entry, ...args], { env: home.variables, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput(stdout, (signal) => void child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const announcementSchema = z.strictObject({
  url: z.url(),
  dashboardUrl: z.url(),
  apiToken: z.string(),
  pid: z.number(),
  dataDir: z.string(),
  secrets: z.string(),
  version: z.string(),
  firstKey: z.string().optional(),
  lan: z.strictObject({ urls: z.array(z.url()), fingerprint: z.string().nullable() }).optional(),
});

export interface RelayProcess {
  /** The first line that `--json` prints. */
  readonly announcement: z.infer<typeof announcementSchema>;
  readonly stderr: () => string;
  /** Lines of stdout after the first. */
  readonly lines: readonly string[];
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/**
 * Starts `serve --json`, or another command that announces itself in the same way, and waits until it has. It may open `openFiles`
 * files at most, where that is said: `ulimit` of the shell, so not on Windows.
 */
export async function startRelayProcess(
  home: RelayHome,
  args: readonly string[] = ['serve'],
  entry = sourceEntry,
  openFiles: number | null = null,
): Promise<RelayProcess> {
  const [program, ...before] =
    openFiles === null
      ? ([process.execPath] as const)
      : (['sh', '-c', `ulimit -n ${openFiles}; exec "$0" "$@"`, process.execPath] as const);
  const child = spawn(program, [...before, entry, ...args, '--json'], {
    env: home.variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  const lines: string[] = [];
  const first = await new Promise<string>((resolve, reject) => {
    const reader = createInterface(child.stdout);
    reader.once('line', (line) => {
      reader.on('line', (later) => lines.push(later));
      resolve(line);
    });
    void ended.then((how) => reject(new Error(`relay ${args.join(' ')} ended with ${how}: ${stderr}`)));
  });
  return {
    announcement: announcementSchema.parse(JSON.parse(first)),
    stderr: () => stderr,
    lines,
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
