import { readdirSync, readFileSync } from 'node:fs';

/** The processes that descend from `root`, itself included. Empty where /proc is missing. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of list('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = read(`/proc/${pid}/stat`);
    if (stat === null) continue;
    // The command's name is in brackets and may hold spaces and brackets; the parent comes second after it.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return children.size > 0 ? tree : [];
}

/** Time that the processes have spent on a core, all their threads, in microseconds; null where the system does not tell. */
export function cpuMicros(pids: number[]): number | null {
  let nanoseconds = 0;
  let known = false;
  for (const pid of pids) {
    for (const thread of list(`/proc/${pid}/task`)) {
      // The scheduler's own count, in nanoseconds; /proc/*/stat counts in steps of 10 ms.
      const stat = read(`/proc/${pid}/task/${thread}/schedstat`);
      if (stat === null) continue;
      known = true;
      nanoseconds += Number(stat.split(' ')[0]);
    }
  }
  return known ? nanoseconds / 1000 : null;
}

/** Resident memory of the processes together; pages that they share count once for each. */
export function rssBytes(pids: number[]): number | null {
  let kilobytes = 0;
  for (const pid of pids) kilobytes += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
  return kilobytes > 0 ? kilobytes * 1024 : null;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
