import { readFileSync } from 'node:fs';

/** The state that Linux gives a process (proc(5)): `T` where it is stopped. */
export const processState = (pid: number): string | undefined =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
