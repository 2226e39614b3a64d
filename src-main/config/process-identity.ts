import { readFileSync } from 'node:fs';

/** Tells processes apart, also where a pid has been given to another one since. */
export interface Processes {
  /** What no other process shares with this one while the machine runs; `null` where the system does not say. */
  identity(pid: number): string | null;
  isRunning(pid: number): boolean;
}

export const systemProcesses: Processes = {
  identity: (pid) => {
    const stat = readStat(pid);
    const bootId = stat === null ? null : readText('/proc/sys/kernel/random/boot_id');
    return stat === null || bootId === null ? null : `${bootId.trim()}:${stat.startTime}`;
  },
  isRunning(pid) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      // EPERM: it runs and belongs to another user.
      if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
    }
    // A killed process whose parent has not asked for its end yet still takes signals.
    const state = readStat(pid)?.state;
    return state !== 'Z' && state !== 'X';
  },
};

/** proc_pid_stat(5): the name stands in brackets and may hold any character; state is field 3, start time field 22. */
function readStat(pid: number): { state: string; startTime: string } | null {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? null : { state, startTime };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
