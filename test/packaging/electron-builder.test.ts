import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src-main/config/package-info.ts';

/** electron-builder's own parts, found from where it is installed. */
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
const { validateConfiguration } = builder('app-builder-lib/out/util/config/config.js');
const { load } = builder('js-yaml');

const readConfiguration = (): Record<string, unknown> =>
  load(readFileSync(join(packageRoot, 'electron-builder.yml'), 'utf8'));
const debugLogger = { isEnabled: false, add: () => undefined };

test("the configuration stands up to electron-builder's own schema", async () => {
  await expect(validateConfiguration(readConfiguration(), debugLogger)).resolves.toBeUndefined();
});

test('the schema would refuse a word that electron-builder does not know', async () => {
  const misspelled = { ...readConfiguration(), asarUnpak: [] };
  await expect(validateConfiguration(misspelled, debugLogger)).rejects.toThrow('asarUnpak');
});

test('a package holds the bundle and no source, with the natives outside the archive', () => {
  const { files, asar, asarUnpack } = readConfiguration();
  expect({ files, asar, asarUnpack }).toEqual({
    files: [
      'dist/main/**',
      'dist/renderer/**',
      'package.json',
      '!**/*.map',
      '!**/*.{ts,mts,cts}',
      '!node_modules/{better-sqlite3,keytar}/{src,deps}/**',
      '!node_modules/zod/src/**',
    ],
    asar: true,
    asarUnpack: ['**/*.node'],
  });
});

test('the app cannot be turned into a plain Node, nor be given options or code from outside', () => {
  expect(readConfiguration()['electronFuses']).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
  });
});

test('all three systems get a package', () => {
  const { linux, mac, win } = readConfiguration();
  expect([linux, mac, win]).toMatchObject([{ target: ['AppImage', 'deb'] }, { target: ['dmg'] }, { target: ['nsis'] }]);
});
