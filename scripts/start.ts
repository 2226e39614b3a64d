import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** `npm start`: builds what is missing and runs Relay. */
const root = join(import.meta.dirname, '..');
const dashboard = join(root, 'dist', 'renderer', 'index.html');

if (!existsSync(dashboard)) {
  console.error('Building the dashboard, once.');
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) console.error('The dashboard could not be built; Relay runs without it.');
}

console.error('Running headless: the desktop window is not part of this version yet.');
const relay = spawn(process.execPath, [join(root, 'src-main', 'entry.mjs'), 'serve', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => relay.kill(signal));
relay.on('exit', (code) => process.exit(code ?? 1));
