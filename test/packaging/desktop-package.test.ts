import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { Arch, build, type Configuration, Platform } from 'electron-builder';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { packageRoot, relayVersion } from '../../src-main/config/package-info.ts';
import { makeNewHome, runRelay, startRelayProcess } from '../support/relay-process.ts';
import { writeStubElectron } from './stub-electron.ts';

// A package is built once, from the bundle of now, around an Electron that is none.
vi.setConfig({ hookTimeout: 300_000 });

const require = createRequire(import.meta.url);
const { load } = createRequire(require.resolve('electron-builder/package.json'))('js-yaml');
const config: Configuration = load(readFileSync(join(packageRoot, 'electron-builder.yml'), 'utf8'));

let folder: string;
let packed: string;
/** What the archive holds, unpacked, with the natives where they are looked for. */
let app: string;
let files: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relay-desktop-'));
  execFileSync(process.execPath, [join(packageRoot, 'scripts', 'build.ts')], { cwd: packageRoot, stdio: 'inherit' });
  writeStubElectron(join(folder, 'electron'));
  await build({
    projectDir: packageRoot,
    publish: 'never',
    targets: Platform.LINUX.createTarget('dir', process.arch === 'arm64' ? Arch.arm64 : Arch.x64),
    config: {
      ...config,
      electronDist: join(folder, 'electron'),
      directories: { output: join(folder, 'out'), buildResources: 'assets' },
    },
  });
  packed = join(folder, 'out', process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked');
  const archive = join(packed, 'resources', 'app.asar');
  files = listPackage(archive, { isPack: false }).map((path) => path.slice(1).replaceAll('\\', '/'));
  app = join(folder, 'app');
  extractAll(archive, app);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const own = (path: string): boolean => !path.startsWith('node_modules');

test('the archive holds the bundle, the tray’s icons and production packages, and nothing of the checkout', () => {
  const kinds = new Set(
    files.filter((path) => own(path) && path.includes('.')).map((path) => path.replace(/[^/]+(\.[a-z0-9]+)$/, '*$1')),
  );
  expect([...kinds].toSorted()).toEqual([
    '*.json',
    'assets/tray/*.ico',
    'assets/tray/*.png',
    'dist/main/*.js',
    'dist/preload/*.cjs',
    'dist/renderer/*.html',
    'dist/renderer/assets/*.css',
    'dist/renderer/assets/*.js',
  ]);
});

test('the packages in it are those that Relay needs to run, to the last one', () => {
  const listed: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
    readFileSync(join(packageRoot, 'package-lock.json'), 'utf8'),
  );
  // By name: what lies below another package in a checkout may lie beside it in the archive.
  const nameOf = (path: string): string => path.split('node_modules/').at(-1) ?? '';
  const production = new Set(
    Object.entries(listed.packages).flatMap(([path, { dev }]) => (dev === true ? [] : [nameOf(path)])),
  );
  const roots = new Set(
    files.flatMap((path) => {
      const name = nameOf(path).replace(/\/package\.json$/, '');
      return path.includes('node_modules/') && /^(@[^/]+\/)?[^/]+$/.test(name) && path.endsWith('/package.json')
        ? [name]
        : [];
    }),
  );
  expect([...roots].filter((name) => !production.has(name))).toEqual([]);
  expect(['better-sqlite3', 'express', 'undici', 'zod', 'keytar'].filter((name) => !roots.has(name))).toEqual([]);
});

test('no source, no source map, no test and nothing of a build is in it', () => {
  const foreign = files.filter((path) =>
    /\.(map|tsx?|mts|cts|c|cc|h|o|gyp|md|tsbuildinfo|env|pem|key|p12|pfx|db|log)$/.test(path),
  );
  expect(foreign.filter((path) => !/\.node$/.test(path))).toEqual([]);
  const bundled = files.filter((path) => own(path) && /\.(c?js|html|css)$/.test(path));
  for (const path of bundled) {
    const text = readFileSync(join(app, path), 'utf8');
    const found = [
      /sourceMappingURL=/,
      /localhost:5173|VITE_DEV_SERVER/,
      /BEGIN [A-Z ]*PRIVATE KEY/,
      /sk-(?:proj|live)-[A-Za-z0-9]{16}/,
      /\beyJ[A-Za-z0-9_-]{20,}\.eyJ/,
    ]
      .filter((pattern) => pattern.test(text))
      .map(String);
    expect([path, found]).toEqual([path, []]);
    expect([path, text.includes(packageRoot)]).toEqual([path, false]);
  }
});

test('only the natives of the target are in it, outside the archive', () => {
  const unpacked = join(packed, 'resources', 'app.asar.unpacked');
  const natives = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.node'));
  expect(natives.map((path) => path.replaceAll('\\', '/')).toSorted()).toEqual([
    `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
    'node_modules/keytar/build/Release/keytar.node',
  ]);
});

test('the fuses are blown in the binary: no plain Node, no options, no inspector, no code but the archive', async () => {
  const wire: Record<number, unknown> = { ...(await getCurrentFuseWire(join(packed, 'relay'))) };
  const on = Object.entries(FuseV1Options).flatMap(([name, index]) =>
    typeof index === 'number' ? [[name, String.fromCharCode(Number(wire[index])) === '1'] as const] : [],
  );
  expect(Object.fromEntries(on)).toEqual({
    RunAsNode: false,
    EnableCookieEncryption: true,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    LoadBrowserProcessSpecificV8Snapshot: false,
    GrantFileProtocolExtraPrivileges: false,
  });
});

test('it is small: Electron itself is all the weight there is', () => {
  const megabytes = statSync(join(packed, 'resources', 'app.asar')).size / 1024 / 1024;
  // The certificates of a LAN are made by packages that come twice, for import and for require: 5 MB of these.
  expect(megabytes).toBeLessThan(16);
});

test('the bundle asks for nothing that is not in the package', () => {
  const {
    dependencies,
    optionalDependencies,
  }: Record<string, Record<string, string>> = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const known = new Set([
    ...builtinModules,
    'electron',
    ...Object.keys(dependencies!),
    ...Object.keys(optionalDependencies!),
  ]);
  const asked = files
    .filter((path) => path.startsWith('dist/main/'))
    .flatMap((path) => [
      ...readFileSync(join(app, path), 'utf8').matchAll(/(?:\bfrom |\bimport\(|\brequire\()"([^".$][^"$]*)"/g),
    ])
    .map(([, name = '']) => name.replace(/^node:/, ''))
    .map((name) =>
      known.has(name)
        ? name
        : name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
    );
  // A colour of a terminal, which `debug` does without.
  expect([...new Set(asked)].filter((name) => !known.has(name) && name !== 'supports-color')).toEqual([]);
});

test('what is in the package runs: commands, workers, database and dashboard', async () => {
  const home = makeNewHome();
  onTestFinished(() => home.remove());
  const entry = join(app, 'dist', 'main', 'cli.js');
  expect(await runRelay(home, ['--version'], '', undefined, entry)).toMatchObject({
    code: 0,
    stdout: `${relayVersion}\n`,
  });
  const relay = await startRelayProcess(home, ['serve'], entry);
  const page = await fetch(`${relay.announcement.url}/`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  relay.kill('SIGTERM');
  expect(await relay.ended).toBe(0);
});
