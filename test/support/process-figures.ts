import { readFileSync, writeFileSync } from 'node:fs';

/** What Linux says of a process (proc(5)); nothing here works elsewhere. Sizes in bytes. */
export function processFigures(pid: number) {
  const status = (name: string): number => {
    const [, kb] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb) * 1_024;
  };
  const io = (name: string): number =>
    Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  return {
    resident: () => status('VmRSS'),
    /** The most that was resident since `forgetPeak`. */
    peak: () => status('VmHWM'),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    /** Everything that it has read and written so far, from and to sockets too. */
    bytesRead: () => io('rchar'),
    bytesWritten: () => io('wchar'),
  };
}
