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

test('the app cannot be turned into a plain Node, nor be given options or code from outside, and is signed as hardened', () => {
  const { asar, electronFuses, mac } = readConfiguration();
  expect({ asar, electronFuses, mac }).toMatchObject({
    asar: true,
    mac: { hardenedRuntime: true },
    electronFuses: {
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    },
  });
});

test('all three systems get their packages, and links of relay:// come to them', () => {
  const { linux, mac, win, protocols } = readConfiguration();
  expect({ linux, mac, win, protocols }).toMatchObject({
    linux: { target: ['AppImage', 'deb', 'rpm'] },
    mac: { target: [{ target: 'dmg', arch: 'universal' }] },
    win: { target: ['nsis', 'portable'] },
    protocols: [{ schemes: ['relay'] }],
  });
});

test('a list of files for one system alone would let in the whole checkout, so there is none', () => {
  const { linux, mac, win, files } = readConfiguration() as Record<string, { files?: unknown }>;
  expect([linux?.files, mac?.files, win?.files, Array.isArray(files)]).toEqual([undefined, undefined, undefined, true]);
});

test('nothing is published and no update is looked for until somebody brings a feed', () => {
  expect(readConfiguration()['publish']).toBeNull();
});
