import { closeSync, createWriteStream, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { callExportSchema, harSchema } from '../../src-shared/contract/call-export.ts';
import { importPlanSchema, portableSchema } from '../../src-shared/contract/portable.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Portability } from '../dashboard/portability.ts';
import type { ApiCalls } from './account-api.ts';
import type { PortableAccess } from './relay-access.ts';

/** Where no Relay runs: in the data folder itself. */
export const folderPortability = (portability: Portability): PortableAccess => ({
  exportSettings: async () => portability.exportSettings(),
  importSettings: (file, dryRun) => portability.importSettings(file, { dryRun, by: 'cli' }),
  async exportCall(id, format, withBodies) {
    const call = await portability.exportCall(id, withBodies);
    if (format === 'json') return call;
    const { harOf } = await import('../dashboard/call-har.ts');
    return harOf(call);
  },
  backUp: async (path) => (await portability.backUp(path)).bytes,
});

/** Over the API of a running Relay. */
export function portableApi(
  { get, put }: Pick<ApiCalls, 'get' | 'put'>,
  send: (path: string) => Promise<Response>,
): PortableAccess {
  return {
    exportSettings: () => get('/export', portableSchema),
    importSettings: (file, dryRun) => put('POST', `/import?dryRun=${dryRun ? 1 : 0}`, importPlanSchema, file as object),
    exportCall(id, format, withBodies) {
      const path = `/calls/${encodeURIComponent(id)}/export?format=${format}&bodies=${withBodies ? 1 : 0}`;
      return format === 'har' ? get(path, harSchema) : get(path, callExportSchema);
    },
    async backUp(path) {
      const part = `${path}.${process.pid}.part`;
      refuseTaken(path);
      try {
        closeSync(openSync(part, 'wx', 0o600));
        const { body } = await send('/backup');
        if (body === null) throw new Error('nothing came');
        await pipeline(Readable.fromWeb(body), createWriteStream(part));
        // Unlike a rename, this takes no other file's place.
        linkSync(part, path);
        return statSync(path).size;
      } catch (error) {
        if (isTaken(error)) throw taken(path);
        throw error;
      } finally {
        rmSync(part, { force: true });
      }
    },
  };
}

function refuseTaken(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) throw taken(path);
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';

const taken = (path: string): RelayError =>
  new RelayError('conflict', { message: `There is a file ${path} already. Choose another name.` });
