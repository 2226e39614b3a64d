import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';

/** The program that listens on a port. */
export interface PortHolder {
  readonly name: string;
  readonly pid: number;
}

export interface PortHolderPorts {
  readonly platform: NodeJS.Platform;
  readonly readFile: (path: string) => Promise<string>;
  readonly readdir: (path: string) => Promise<string[]>;
  readonly readlink: (path: string) => Promise<string>;
  /** What a program prints; rejects where it is not there or fails. */
  readonly run: (program: string, args: readonly string[]) => Promise<string>;
}

const system: PortHolderPorts = {
  platform: process.platform,
  readFile: (path) => readFile(path, 'utf8'),
  readdir,
  readlink,
  run: (program, args) =>
    new Promise((resolve, reject) => {
      execFile(program, args, { timeout: 5_000 }, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
    }),
};

/** Who listens on a TCP port of this machine. `null` where that cannot be seen, as with another user's program. */
export async function findPortHolder(port: number, ports: PortHolderPorts = system): Promise<PortHolder | null> {
  try {
    if (ports.platform === 'linux') return await holderByProc(port, ports);
    if (ports.platform === 'darwin') return await holderByLsof(port, ports);
    return null;
  } catch {
    return null;
  }
}

async function holderByProc(port: number, ports: PortHolderPorts): Promise<PortHolder | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => ports.readFile(path).catch(() => '')),
  );
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  const pids = (await ports.readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (!(await hasOneOf(`/proc/${pid}/fd`, sockets, ports))) continue;
    return namedHolder(await ports.readFile(`/proc/${pid}/comm`), pid);
  }
  return null;
}

/** Columns of /proc/net/tcp: number, local address, remote address, state (0A listens), ..., the tenth is the inode. */
function listeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.split(':')[1] === hexPort)
    .flatMap((columns) => columns[9] ?? []);
}

async function hasOneOf(folder: string, links: ReadonlySet<string>, ports: PortHolderPorts): Promise<boolean> {
  const names = await ports.readdir(folder).catch(() => []);
  for (const name of names) {
    if (links.has(await ports.readlink(`${folder}/${name}`).catch(() => ''))) return true;
  }
  return false;
}

/** lsof's fields, one a line: `p` is the process, `c` its command. */
async function holderByLsof(port: number, ports: PortHolderPorts): Promise<PortHolder | null> {
  const lines = (await ports.run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'])).split('\n');
  const field = (letter: string): string => lines.find((line) => line.startsWith(letter))?.slice(1) ?? '';
  return namedHolder(field('c'), field('p'));
}

function namedHolder(name: string, pid: string): PortHolder | null {
  const plain = name.replace(/[^\x20-\x7e]/g, '').trim();
  return /^\d+$/.test(pid) && plain !== '' ? { name: plain.slice(0, 64), pid: Number(pid) } : null;
}
