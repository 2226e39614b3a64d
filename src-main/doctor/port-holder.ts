import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';

export interface PortHolder {
  readonly pid: number;
  readonly name: string;
}

/** Whether somebody listens on this port of the machine itself. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

/** Which process listens on a port; `null` where the system does not say, as for processes of other users. */
export function portHolder(port: number): Promise<PortHolder | null> {
  return process.platform === 'linux' ? Promise.resolve(fromProc(port)) : fromLsof(port);
}

/** proc_net(5): the local port in hexadecimal, state 0A for listening, and the socket's inode in field 10. */
function fromProc(port: number): PortHolder | null {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readText(table)
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(`:${wanted}`) && fields[3] === '0A')
      .map((fields) => `socket:[${fields[9]}]`),
  );
  if (inodes.length === 0) return null;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = list(`/proc/${pid}/fd`).some((fd) => inodes.includes(linkOf(`/proc/${pid}/fd/${fd}`)));
    if (holds) return { pid: Number(pid), name: readText(`/proc/${pid}/comm`).trim() };
  }
  return null;
}

/** lsof(8) with -F: a line `p` with the pid, and one `c` with the name. */
function fromLsof(port: number): Promise<PortHolder | null> {
  return new Promise((resolve) => {
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 5_000 }, (_error, stdout) => {
      const [pid, name] = [/^p(\d+)$/m.exec(stdout)?.[1], /^c(.+)$/m.exec(stdout)?.[1]];
      resolve(pid === undefined ? null : { pid: Number(pid), name: name ?? 'unknown' });
    });
  });
}

const readText = (path: string): string => quietly(() => readFileSync(path, 'utf8'), '');
const list = (path: string): string[] => quietly(() => readdirSync(path), []);
const linkOf = (path: string): string => quietly(() => readlinkSync(path), '');

/** Processes end while they are looked at, and those of others cannot be looked into. */
function quietly<T>(run: () => T, otherwise: T): T {
  try {
    return run();
  } catch {
    return otherwise;
  }
}
