import { join } from 'node:path';
import { build } from 'vite';

/**
 * Builds the dashboard into dist/renderer, the main process into dist/main and the window's preload script into dist/preload. A checkout needs only the first: there
 * the program runs from its sources. `renderer` or `main` as argument builds that part.
 */
const root = join(import.meta.dirname, '..');
// Whoever builds in the middle of tests must not get what is made for them.
process.env['NODE_ENV'] = 'production';
const [part] = process.argv.slice(2);

if (part !== 'main')
  await build({ root: join(root, 'src-renderer'), configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
if (part !== 'renderer') {
  for (const file of ['vite.main.config.ts', 'vite.preload.config.ts']) {
    await build({ root, configFile: join(root, file), logLevel: 'warn' });
  }
}
