import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type Processes, systemProcesses } from './process-identity.ts';

const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** `null` until it listens, and for a command that only uses the folder. */
  url: z.string().nullable(),
  apiToken: z.string().nullable(),
  startedAt: z.number().int(),
  /** Guards against a pid that was given to another process since. */
  process: z.string().nullable(),
});
export type LockHolder = z.infer<typeof holderSchema>;

export interface LockPorts {
  readonly processes: Processes;
  /** Asks, where processes cannot be told apart, whether a Relay answers at the address. It must send no secret. */
  readonly answers: (url: string) => Promise<boolean>;
}

const systemPorts: LockPorts = { processes: systemProcesses, answers: answersAsRelay };

export interface Lock {
  /** Says where this process can be reached, for the command line and for a second start. */
  publish(address: { readonly url: string; readonly apiToken: string }): void;
  release(): void;
}

/** The running process that holds the data folder, if there is one. */
export async function readLock(dataDir: string, ports = systemPorts): Promise<LockHolder | null> {
  const text = readFile(lockPath(dataDir));
  return text === null ? null : liveHolder(text, ports);
}

/**
 * Takes the data folder for this process. Throws RelayError `conflict` while another running process holds it; the
 * lock of a process that is gone is taken over.
 */
export async function acquireLock(dataDir: string, startedAt: number, ports = systemPorts): Promise<Lock> {
  const path = lockPath(dataDir);
  const own: LockHolder = {
    pid: process.pid,
    url: null,
    apiToken: null,
    startedAt,
    process: ports.processes.identity(process.pid),
  };
  const text = JSON.stringify(own);
  while (!createFile(path, text)) await takeOver(path, text, ports);
  return openLock(path, own, text);
}

function openLock(path: string, own: LockHolder, acquired: string): Lock {
  let text = acquired;
  return {
    publish(address) {
      text = JSON.stringify({ ...own, ...address });
      replaceFile(path, text);
    },
    release() {
      if (readFile(path) === text) rmSync(path, { force: true });
    },
  };
}

/**
 * Removes a lock whose holder is gone. Only who has made the guard file may remove it, and only while it is still the
 * lock that was found stale: so two processes that find the same one cannot remove each other's new lock.
 */
async function takeOver(path: string, ownText: string, ports: LockPorts): Promise<void> {
  const stale = readFile(path);
  if (stale === null) return;
  const holder = await liveHolder(stale, ports);
  if (holder !== null) throw heldBy(holder);
  const guard = `${path}.takeover`;
  if (!createFile(guard, ownText)) {
    const rival = readFile(guard);
    const rivalHolder = rival === null ? null : await liveHolder(rival, ports);
    if (rivalHolder !== null) throw heldBy(rivalHolder);
    if (readFile(guard) === rival) rmSync(guard, { force: true });
    return;
  }
  if (readFile(path) === stale) rmSync(path, { force: true });
  rmSync(guard, { force: true });
}

async function liveHolder(text: string, ports: LockPorts): Promise<LockHolder | null> {
  const holder = parseHolder(text);
  if (holder === null || !ports.processes.isRunning(holder.pid)) return null;
  const identity = ports.processes.identity(holder.pid);
  if (identity !== null && holder.process !== null) return identity === holder.process ? holder : null;
  return holder.url === null || (await ports.answers(holder.url)) ? holder : null;
}

function parseHolder(text: string): LockHolder | null {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function heldBy(holder: LockHolder): RelayError {
  const message =
    holder.url === null
      ? `Another Relay command (process ${holder.pid}) is using the data folder. Try again in a moment.`
      : `Relay is already running at ${holder.url} (process ${holder.pid}).`;
  return new RelayError('conflict', { message });
}

const lockPath = (dataDir: string): string => join(dataDir, 'lock');

/** Makes the file with its whole content in one step, so that nobody reads half of it; false where it exists. */
function createFile(path: string, text: string): boolean {
  const draft = writeDraft(path, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new RelayError('storage_error', { message: `The lock file ${path} cannot be made.`, cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

function replaceFile(path: string, text: string): void {
  renameSync(writeDraft(path, text), path);
}

function writeDraft(path: string, text: string): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new RelayError('storage_error', { message: `The lock file ${path} cannot be written.`, cause });
  }
  return draft;
}

function readFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw new RelayError('storage_error', { message: `The lock file ${path} cannot be read.`, cause: error });
  }
}

const refusalSchema = z.object({ error: z.object({ code: z.literal('invalid_api_key') }) });

/** Relay refuses this request, which carries nothing, in its own words; another program answers otherwise. */
async function answersAsRelay(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/status`, { signal: AbortSignal.timeout(2_000), redirect: 'error' });
    return refusalSchema.safeParse(await response.json()).success;
  } catch {
    return false;
  }
}
