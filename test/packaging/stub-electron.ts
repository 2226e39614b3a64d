import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By this, @electron/fuses finds the fuses in a binary: the sentinel, a version, a length, and one character for each fuse. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** All eight as Electron ships them: '1' is on, '0' off. */
const shipped = '10110001';

/** What electron-builder needs of an Electron distribution for Linux, without its 200 MB: nothing in it runs. */
export function writeStubElectron(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, shipped.length]), Buffer.from(shipped)]);
  const binary = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(64), wire, Buffer.alloc(64)]);
  writeFileSync(join(folder, 'electron'), binary, { mode: 0o755 });
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '');
  writeFileSync(join(folder, 'LICENSE'), 'The licence of Electron\n');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), '');
  writeFileSync(join(folder, 'version'), '45.4.1');
}
