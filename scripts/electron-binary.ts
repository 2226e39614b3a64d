import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fetchLimitMs = 20_000;

export interface ElectronBinary {
  /** The program to start; `null` where it is not to be had, with the reason. */
  readonly path: string | null;
  readonly reason: string;
}

/**
 * Electron's program for this machine. Its package brings no binary: that is fetched from another host, which may be out
 * of reach, so one try is made, within a limit, and a failure is remembered for this version in `.cache`.
 */
export function findElectron(root: string, withDisplay = hasDisplay()): ElectronBinary {
  if (!withDisplay) {
    return { path: null, reason: 'there is no display' };
  }
  if (process.getuid?.() === 0) return { path: null, reason: 'a window with a sandbox cannot be opened as root' };
  const folder = join(root, 'node_modules', 'electron');
  const remembered = join(root, '.cache', 'electron-not-available');
  const version = versionOf(folder);
  if (version === null) return { path: null, reason: 'Electron is not installed' };
  const binary = binaryIn(folder);
  if (binary !== null) return { path: binary, reason: '' };
  const missing = `the binary of Electron ${version} could not be fetched (try again: delete .cache/electron-not-available)`;
  if (existsSync(remembered) && readFileSync(remembered, 'utf8') === version) return { path: null, reason: missing };
  console.error(`Fetching Electron ${version}, for ${fetchLimitMs / 1_000} seconds at most.`);
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: fetchLimitMs });
  const fetched = binaryIn(folder);
  if (fetched !== null) return { path: fetched, reason: '' };
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(remembered, version);
  return { path: null, reason: missing };
}

/** True where a window can be seen by somebody, or at least drawn. */
export const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);

function versionOf(folder: string): string | null {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return null;
  const { version }: { version?: unknown } = JSON.parse(readFileSync(file, 'utf8'));
  return typeof version === 'string' ? version : null;
}

/** The package writes where its binary lies into path.txt once it has one. */
function binaryIn(folder: string): string | null {
  const pointer = join(folder, 'path.txt');
  if (!existsSync(pointer)) return null;
  const binary = join(folder, 'dist', readFileSync(pointer, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}
