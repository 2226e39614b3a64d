import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const version = '1.18.33';
const root = resolve(import.meta.dirname, '../..');
const folder = join(root, '.cache', 'opencode');
const fetchLimitMs = 180_000;

const system = process.platform === 'win32' ? 'windows' : process.platform;
const program = process.platform === 'win32' ? 'opencode.exe' : 'opencode';
/** The baseline build runs on every x64 processor. */
const name = `opencode-${system}-${process.arch}${process.arch === 'x64' ? '-baseline' : ''}`;
const path = join(folder, version, 'node_modules', name, 'bin', program);

/** The real OpenCode; `null` where it has not been fetched. */
export const opencodeProgram = (): string | null => (existsSync(path) ? path : null);

/**
 * Fetches it once, from npm, into `.cache`. It is no dependency: 180 MB for two tests, and npm's lock would have to name
 * its packages for all systems.
 */
export function fetchOpencode(): void {
  if (opencodeProgram() !== null) return;
  console.error(`Fetching OpenCode ${version} for its tests, once.`);
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const prefix = join(folder, version);
  spawnSync('npm', ['install', ...quiet, '--prefix', prefix, `${name}@${version}`], {
    stdio: 'ignore',
    timeout: fetchLimitMs,
    shell: process.platform === 'win32',
  });
}
