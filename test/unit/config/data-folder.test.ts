import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataFolderPath, prepareDataFolder } from '../../../src-main/config/data-folder.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'relay-folder-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const isRoot = process.getuid?.() === 0;

test.each([
  ['linux', {}, '/home/ada/.local/share/relay'],
  ['linux', { XDG_DATA_HOME: '/xdg' }, '/xdg/relay'],
  ['freebsd', {}, '/home/ada/.local/share/relay'],
  ['darwin', { XDG_DATA_HOME: '/xdg' }, '/home/ada/Library/Application Support/Relay'],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/Relay'],
  ['win32', {}, '/home/ada/AppData/Local/Relay'],
] as const)("on %s with %o the data folder is the platform's own", (platform, variables, expected) => {
  expect(dataFolderPath(null, { platform, homeDir: '/home/ada', variables })).toBe(expected);
});

test('RELAY_HOME wins on every platform and is made absolute', () => {
  const machine = { platform: 'darwin', homeDir: '/home/ada', variables: {} } as const;
  expect(dataFolderPath('/data/relay/', machine)).toBe('/data/relay');
  expect(dataFolderPath('data', machine)).toBe(join(process.cwd(), 'data'));
});

test('a missing folder is made with its parents and closed to others', () => {
  const folder = join(base, 'with spaces', 'ünï-çødé-漢字', 'relay');
  prepareDataFolder(folder);
  expect(modeOf(folder)).toBe('700');
});

test('an empty folder and a folder of Relay are closed to others', () => {
  const folder = join(base, 'relay');
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  prepareDataFolder(folder);
  expect(modeOf(folder)).toBe('700');
  chmodSync(folder, 0o750);
  writeFileSync(join(folder, 'relay.db'), '');
  prepareDataFolder(folder);
  expect(modeOf(folder)).toBe('700');
});

test('an open folder with other things in it is refused and keeps its mode', () => {
  chmodSync(base, 0o755);
  writeFileSync(join(base, 'letter.txt'), '');
  expect(() => prepareDataFolder(base)).toThrow(
    expect.objectContaining({
      code: 'storage_error',
      message: `The data folder ${base} is open to other users and holds other files. Choose another folder with RELAY_HOME.`,
    }),
  );
  expect(modeOf(base)).toBe('755');
});

test('a closed folder with other things in it is taken', () => {
  writeFileSync(join(base, 'letter.txt'), '');
  prepareDataFolder(base);
  expect(readdirSync(base)).toEqual(['letter.txt']);
});

test('a file in place of the folder, or above it, is refused in words', () => {
  const file = join(base, 'file');
  writeFileSync(file, '');
  expect(() => prepareDataFolder(file)).toThrow(`The data folder ${file} is not a folder.`);
  const below = join(file, 'relay');
  expect(() => prepareDataFolder(below)).toThrow(`The data folder ${below} lies below something that is not a folder.`);
});

test('a path that is too long is refused in words', () => {
  const folder = join(base, 'x'.repeat(300));
  expect(() => prepareDataFolder(folder)).toThrow('has a path that is too long.');
});

test('a path of 250 characters in one name is taken', () => {
  prepareDataFolder(join(base, 'x'.repeat(250)));
  expect(readdirSync(base)).toEqual(['x'.repeat(250)]);
});

// Each user can be shown one of the two: root may write anywhere, and only root can give a folder away.
if (isRoot) {
  test('a folder of another user is refused', () => {
    const folder = join(base, 'theirs');
    mkdirSync(folder);
    chownSync(folder, 65_534, 65_534);
    expect(() => prepareDataFolder(folder)).toThrow(`The data folder ${folder} belongs to another user.`);
  });
} else {
  test('a folder that may not be written to is refused', () => {
    const folder = join(base, 'closed');
    mkdirSync(folder, { mode: 0o500 });
    expect(() => prepareDataFolder(folder)).toThrow(`The data folder ${folder} cannot be written to by this user.`);
  });
}
