import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';

/** In the place of the ledger's own `workerFile` while tests run: see bundled-workers. */
export function workerFile(name: string): URL {
  return pathToFileURL(join(inject('bundledWorkers'), `${name}.js`));
}
