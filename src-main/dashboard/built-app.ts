import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface BuiltFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
}

/**
 * The built app in memory, by exact URL path. A request never becomes a file path, so no spelling of one leaves the
 * folder (FAULTS B-08); links inside it are not followed. Read again when a build has replaced index.html.
 */
export function createBuiltApp(rendererDir: string) {
  let files = new Map<string, BuiltFile>();
  let builtAt: number | null = null;

  /** `null` where nothing is built. */
  function index(): BuiltFile | null {
    const changedAt = statSync(join(rendererDir, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? null;
    if (changedAt !== builtAt) {
      files = changedAt === null ? new Map() : readFiles(rendererDir);
      builtAt = changedAt;
    }
    return files.get('/index.html') ?? null;
  }

  function file(path: string): BuiltFile | null {
    if (builtAt === null) index();
    return files.get(path) ?? null;
  }

  return { index, file };
}

function readFiles(root: string): Map<string, BuiltFile> {
  const files = new Map<string, BuiltFile>();
  // Not readdir's own `recursive`, which follows links to folders.
  const readFolder = (folder: string, urlPath: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const type = types.get(extname(entry.name));
      if (entry.isDirectory()) readFolder(path, `${urlPath}${entry.name}/`);
      else if (entry.isFile() && type !== undefined) {
        files.set(urlPath + entry.name, readBuiltFile(path, type, urlPath === '/assets/'));
      }
    }
  };
  readFolder(root, '/');
  return files;
}

/** Vite puts a hash of the content in the name of everything in /assets. */
function readBuiltFile(path: string, type: string, hashed: boolean): BuiltFile {
  const bytes = readFileSync(path);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  return { bytes, type, etag, cacheControl: hashed ? 'public, max-age=31536000, immutable' : 'no-cache' };
}

/** Nothing else is served: no source maps, no dot files. */
const types = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
]);
