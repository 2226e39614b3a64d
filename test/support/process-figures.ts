import { readFileSync, writeFileSync } from 'node:fs';

/** What Linux says of a process (proc(5)); nothing here works elsewhere. Sizes in bytes. */
export function processFigures(pid: number) {
  const status = (name: string): number => {
    const [, kb] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb) * 1_024;
  };
  return {
    resident: () => status('VmRSS'),
    /** The most that was resident since `forgetPeak`. */
    peak: () => status('VmHWM'),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    /** Everything that it has read so far, from sockets too. */
    bytesRead: () => Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]),
  };
}
