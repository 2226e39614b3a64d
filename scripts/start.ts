import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findElectron } from './electron-binary.ts';
import { newestChange } from './newest-change.ts';

/** `npm start`: builds what is missing or older than its sources and runs Relay, as an app where that can be, else headless. */
const root = join(import.meta.dirname, '..');
const at = (...parts: string[]): string => join(root, ...parts);
const args = process.argv.slice(2);

function buildIfStale(part: 'renderer' | 'main', built: string, sources: readonly string[]): void {
  if (existsSync(built) && newestChange([built]) >= newestChange(sources)) return;
  console.error(`Building dist/${part}.`);
  const { status } = spawnSync(process.execPath, [at('scripts', 'build.ts'), part], { cwd: root, stdio: 'inherit' });
  if (status !== 0) console.error(`dist/${part} could not be built.`);
}

buildIfStale('renderer', at('dist', 'renderer', 'index.html'), [
  at('src-renderer'),
  at('src-shared'),
  at('vite.config.ts'),
]);
const electron = args.length > 0 ? { path: null, reason: 'options were given for relay serve' } : findElectron(root);
if (electron.path === null) console.error(`Running without a window: ${electron.reason}.`);
// The bundle takes 50 MiB less than the sources, which Node would strip of their types.
buildIfStale('main', at('dist', 'main', 'desktop.js'), [
  at('src-main'),
  at('src-shared'),
  at('vite.main.config.ts'),
  at('vite.preload.config.ts'),
]);

const bundle = at('dist', 'main', 'cli.js');
const [command, commandArgs] =
  electron.path === null
    ? [process.execPath, [existsSync(bundle) ? bundle : at('src-main', 'entry.mjs'), 'serve', ...args]]
    : [electron.path, [at('dist', 'main', 'desktop.js')]];
const relay = spawn(command, commandArgs, { stdio: 'inherit' });
// What is sent to this process alone; a terminal sends it to both, and Relay takes the two for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => relay.kill(signal));
relay.once('error', (error) => {
  console.error(`Relay could not be started: ${error.message}`);
  process.exitCode = 1;
});
relay.once('exit', (code) => process.exit(code ?? 1));
