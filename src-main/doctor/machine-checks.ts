import { accessSync, constants, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../src-shared/contract/doctor.ts';
import { readLock } from '../config/lock.ts';
import { findPortHolder } from '../config/port-holder.ts';
import { isTaken } from '../config/taken-port.ts';
import { found } from './found.ts';

export interface MachineFacts {
  readonly dataDir: string;
  /** The port that Relay would listen on, or does. */
  readonly port: number;
  /** The address of the Relay that runs on this data folder; empty where none does. */
  readonly url: string;
}

/** What can be seen without Relay's help, and without changing anything. */
export async function checkMachine(facts: MachineFacts): Promise<Finding[]> {
  return [
    found.ok('node', `Node ${process.versions.node} runs Relay.`),
    ...checkFolder(facts.dataDir),
    await checkLock(facts.dataDir),
    await checkPort(facts),
  ];
}

const WARN_BYTES = 500 * 1024 * 1024;
const BROKEN_BYTES = 20 * 1024 * 1024;

function checkFolder(dataDir: string): Finding[] {
  const stats = statSync(dataDir, { throwIfNoEntry: false });
  if (stats === undefined) {
    return [found.warning('data-folder', `There is no data folder ${dataDir} yet.`, 'relay serve')];
  }
  if (!stats.isDirectory()) {
    return [found.broken('data-folder', `${dataDir} is not a folder.`, 'Choose another one with RELAY_HOME.')];
  }
  if (process.getuid !== undefined && stats.uid !== process.getuid()) {
    return [found.broken('data-folder', `${dataDir} belongs to another user.`, `sudo chown -R "$USER" '${dataDir}'`)];
  }
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    return [found.broken('data-folder', `${dataDir} is open to other users.`, `chmod 700 '${dataDir}'`)];
  }
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [found.broken('data-folder', `${dataDir} cannot be written to.`, `chmod 700 '${dataDir}'`)];
  }
  const { bavail, bsize } = statfsSync(dataDir);
  const free = bavail * bsize;
  const megabytes = `${Math.floor(free / 1024 / 1024)} MB`;
  const fix = 'Make room on that disk, or choose another folder with RELAY_HOME.';
  if (free < BROKEN_BYTES) return [found.broken('data-folder', `The disk of ${dataDir} has ${megabytes} left.`, fix)];
  if (free < WARN_BYTES) return [found.warning('data-folder', `The disk of ${dataDir} has ${megabytes} left.`, fix)];
  return [found.ok('data-folder', `${dataDir} is this user's only and has room.`)];
}

async function checkLock(dataDir: string): Promise<Finding> {
  const path = join(dataDir, 'lock');
  const exists = isReadable(path);
  if (exists === false) return found.ok('lock', 'No Relay runs on this data folder.');
  if (exists === null) return found.broken('lock', `${path} cannot be read.`, `chmod 600 '${path}'`);
  const holder = await readLock(dataDir);
  if (holder === null) {
    return found.warning('lock', 'The Relay that held this data folder is gone; the next one takes it over.', null);
  }
  const isOwn = holder.pid === process.pid && holder.url === null;
  if (isOwn) return found.ok('lock', 'No other Relay runs on this data folder.');
  if (holder.url === null) return found.ok('lock', `A Relay command (process ${holder.pid}) uses the data folder now.`);
  if (holder.pid === process.pid || (await answers(holder.url))) {
    return found.ok('lock', `Relay (process ${holder.pid}) holds it at ${holder.url}.`);
  }
  const sentence = `Relay (process ${holder.pid}) holds the data folder and does not answer at ${holder.url}.`;
  return found.broken('lock', sentence, `kill ${holder.pid}`);
}

/** `null` where it is there and cannot be read. */
function isReadable(path: string): boolean | null {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && /^(ENOENT|ENOTDIR)$/.test(String(error.code)) ? false : null;
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/api/status`, { signal: AbortSignal.timeout(3_000) }).then(
    () => true,
    () => false,
  );

async function checkPort({ port, url }: MachineFacts): Promise<Finding> {
  if (url !== '') return found.ok('port', `Relay listens at ${url}.`);
  if (port === 0 || !(await isTaken(port))) return found.ok('port', `Port ${port} is free.`);
  const holder = await findPortHolder(port);
  const who = holder === null ? 'another program' : `${holder.name} (process ${holder.pid})`;
  const end = holder === null ? '' : `, or end that program: kill ${holder.pid}`;
  return found.broken('port', `Port ${port} is taken by ${who}.`, `relay serve --port ${port + 1}${end}`);
}
