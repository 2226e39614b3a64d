import { type ChildProcess, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { endProcess, startOnCore } from '../child-process.ts';
import type { Surroundings, TargetKind } from './target.ts';

/** So that scoring has something to score. */
const ACCOUNTS = 5;
const ENTRY = new URL('../../src-main/entry.mjs', import.meta.url).pathname;

const announcement = z.object({ url: z.url(), apiToken: z.string() });
const createdKey = z.object({ secret: z.string() });
const listedAccounts = z.object({ accounts: z.array(z.object({ id: z.string() })) });

/** Relay as a person runs it, headless, everything on: key check, scoring, ledger, and a dashboard that listens. */
export const relay: TargetKind = {
  name: 'relay',
  label: 'Relay',
  missing: () => (existsSync(ENTRY) ? null : 'src-main/entry.mjs is not there yet'),
  async start(surroundings) {
    const env = environment(surroundings);
    const key = await keyFor(env, surroundings);
    const logFile = `${surroundings.folder}.log`;
    const log = openSync(logFile, 'a');
    const child = startOnCore(surroundings.core, process.execPath, [ENTRY, 'serve', '--json', '--port', '0'], {
      stdio: ['ignore', 'pipe', log],
      env,
    });
    closeSync(log);
    const line = await firstLine(child).catch((error: Error) => {
      throw new Error(`${error.message}: ${readFileSync(logFile, 'utf8').trim().slice(-500)}`);
    });
    const { url, apiToken } = announcement.parse(JSON.parse(line));
    await admitManyCalls(url, apiToken);
    const dashboard = openDashboard(url, apiToken);
    return {
      port: Number(new URL(url).port),
      headers: { authorization: `Bearer ${key}` },
      pid: child.pid ?? null,
      async stop() {
        dashboard.destroy();
        await endProcess(child);
      },
    };
  },
};

const keys = new Map<string, string>();

/** The first start in a folder adds the accounts and a key; later ones find them there. */
async function keyFor(env: NodeJS.ProcessEnv, { folder, upstreamPort }: Surroundings): Promise<string> {
  const known = keys.get(folder);
  if (known !== undefined) return known;
  mkdirSync(folder, { recursive: true });
  // A folder that is used again has accounts whose upstream is gone.
  const { accounts } = listedAccounts.parse(JSON.parse(await runRelay(env, ['accounts', 'list', '--json'])));
  for (const { id } of accounts) await runRelay(env, ['accounts', 'remove', id]);
  for (let i = 1; i <= ACCOUNTS; i++) {
    const args = [
      'accounts',
      'add',
      '--api-key',
      '-',
      '--base-url',
      `http://127.0.0.1:${upstreamPort}/v1`,
      '--unchecked',
    ];
    await runRelay(env, [...args, '--label', `bench-${i}`], `sk-bench-${randomBytes(16).toString('hex')}`);
  }
  const created = await runRelay(env, ['keys', 'create', '--name', 'bench', '--json']);
  const { secret: key } = createdKey.parse(JSON.parse(created));
  keys.set(folder, key);
  return key;
}

function environment({ folder }: Surroundings): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('RELAY_'));
  return {
    ...Object.fromEntries(inherited),
    RELAY_HOME: folder,
    RELAY_SECRETS: 'file',
    RELAY_PASSPHRASE: 'a passphrase of the benchmark',
  };
}

function runRelay(env: NodeJS.ProcessEnv, args: string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [ENTRY, ...args], { env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`relay ${args.slice(0, 2).join(' ')} failed: ${stderr.trim()}`));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`relay serve ended with code ${code}`)));
    // Goes on reading after the first line, so that Relay never waits for a reader.
    if (child.stdout)
      createInterface(child.stdout)
        .once('line', resolve)
        .on('line', () => {});
  });
}

/** Relay serves 600 calls at once unless it is told otherwise; the figures open up to a thousand streams. */
async function admitManyCalls(url: string, apiToken: string): Promise<void> {
  const answer = await fetch(new URL('/api/settings', url), {
    method: 'PATCH',
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ 'limits.concurrentCalls': 2_000 }),
  });
  if (!answer.ok) throw new Error(`Relay did not take its setting: ${answer.status} ${await answer.text()}`);
}

/** Listens to the live events as an open dashboard does. */
function openDashboard(url: string, apiToken: string): { destroy(): void } {
  const request = get(new URL('/api/events', url), { headers: { authorization: `Bearer ${apiToken}` } }, (answer) => {
    if (answer.statusCode !== 200)
      console.error(`/api/events answered ${answer.statusCode}: measured with no dashboard open.`);
    answer.resume();
  });
  request.on('error', () => {});
  return request;
}
