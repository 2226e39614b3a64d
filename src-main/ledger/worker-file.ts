import { extname } from 'node:path';

/** A worker beside the module that starts it: `.ts` when run from source, `.js` in a bundle. */
export function workerFile(name: string, base: string): URL {
  const extension = extname(new URL(base).pathname);
  return new URL(`./${name}${extension}`, base);
}
