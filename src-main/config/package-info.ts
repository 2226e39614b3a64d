import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const packageSchema = z.object({ version: z.string() });

/** Where Relay itself is installed: the checkout, the installed package, or the app's archive. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

export const relayVersion: string = packageSchema.parse(
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')),
).version;

/** Where the built dashboard is; it may not have been built. */
export const rendererDir: string = join(packageRoot, 'dist', 'renderer');

/** The sources and the bundle lie at different depths below package.json. */
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}
