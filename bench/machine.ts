import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** Which core each part runs on; null where processes cannot be pinned. */
export interface Cores {
  target: number;
  upstream: number;
  load: number;
}

export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  system: string;
  node: string;
  nginx: string | null;
  pinned: Cores | null;
}

export function describeMachine(nginx: string | null, pinned: Cores | null): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.version,
    nginx,
    pinned,
  };
}

/** The target alone on one core; upstream and load on another, or on one each where there are three. */
export function assignCores(): Cores | null {
  const list = output('taskset', ['-pc', String(process.pid)]);
  const allowed = /: ([\d,-]+)\s*$/.exec(list ?? '')?.[1];
  if (!allowed) return null;
  const cores = allowed.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  const [first, second, third] = cores;
  if (first === undefined || second === undefined) return null;
  return { upstream: first, target: second, load: third ?? first };
}

export function nginxVersion(): string | null {
  try {
    // nginx prints its version on stderr.
    return execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/usr/local/sbin nginx -v 2>&1'], { encoding: 'utf8' })
      .trim()
      .replace(/^nginx version: /, '');
  } catch {
    return null;
  }
}

export interface Revision {
  commit: string;
  /** There are changes that the commit does not hold. */
  dirty: boolean;
}

export function revision(): Revision {
  const commit = output('git', ['rev-parse', '--short', 'HEAD'])?.trim() ?? 'unknown';
  return { commit, dirty: (output('git', ['status', '--porcelain']) ?? '').trim() !== '' };
}

function output(command: string, args: string[]): string | null {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return null;
  }
}
