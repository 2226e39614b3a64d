import { join } from 'node:path';
import { build } from 'vite';

/**
 * Builds the dashboard into dist/renderer and the main process into dist/main. A checkout needs only the first: there
 * the program runs from its sources. `renderer` or `main` as argument builds that part.
 */
const root = join(import.meta.dirname, '..');
const [part] = process.argv.slice(2);

if (part !== 'main')
  await build({ root: join(root, 'src-renderer'), configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
if (part !== 'renderer') await build({ root, configFile: join(root, 'vite.main.config.ts'), logLevel: 'warn' });
