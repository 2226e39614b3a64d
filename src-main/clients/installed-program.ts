import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import type { Machine } from '../config/data-folder.ts';
import { findProgram } from './find-program.ts';
import type { ClientSetup } from './setup.ts';

export interface Installed {
  readonly installed: boolean;
  readonly version: string | null;
}

/** A program that does not say its version by then is left without one. */
const PATIENCE_MS = 4_000;

/** Finds clients on this machine. A program is asked for its version once, and again when its file has changed. */
export function createInstalledPrograms(machine: Machine) {
  const versions = new Map<string, Promise<string | null>>();

  function versionOf(path: string): Promise<string | null> {
    const stamp = `${path}:${statSync(path).mtimeMs}`;
    const asked = versions.get(stamp) ?? askVersion(path, machine.variables);
    versions.set(stamp, asked);
    return asked;
  }

  return async (setup: Pick<ClientSetup, 'programs' | 'signs'>): Promise<Installed> => {
    const path = setup.programs.map((name) => findProgram(name, machine)).find((each) => each !== null) ?? null;
    if (path !== null) return { installed: true, version: await versionOf(path) };
    return { installed: setup.signs(machine).some((sign) => existsSync(sign)), version: null };
  };
}

function askVersion(path: string, variables: NodeJS.ProcessEnv): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: PATIENCE_MS, killSignal: 'SIGKILL', env: variables, windowsHide: true } as const;
    execFile(path, ['--version'], options, (error, stdout) => {
      resolve(error === null ? (/\d+\.\d+(?:\.\d+)?(?:[-+.][\w.]+)?/.exec(stdout)?.[0] ?? null) : null);
    });
  });
}
