import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { packageRoot, relayVersion } from '../../src-main/config/package-info.ts';
import mainBundle from '../../vite.main.config.ts';
import { makeNewHome, runRelay, startRelayProcess } from '../support/relay-process.ts';

/** Relay as npm would install it: the bundle and no source. */
let installed: string;

beforeAll(async () => {
  installed = mkdtempSync(join(tmpdir(), 'relay-package-'));
  await build({
    root: packageRoot,
    configFile: join(packageRoot, 'vite.main.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(installed, 'dist', 'main') },
  });
  cpSync(join(packageRoot, 'package.json'), join(installed, 'package.json'));
  cpSync(join(packageRoot, 'src-main', 'entry.mjs'), join(installed, 'src-main', 'entry.mjs'));
  symlinkSync(join(packageRoot, 'node_modules'), join(installed, 'node_modules'), 'dir');
});
afterAll(() => rmSync(installed, { recursive: true, force: true }));

test('the bundle has the entries and the workers side by side', () => {
  const names = readdirSync(join(installed, 'dist', 'main'));
  expect(names).toEqual(
    expect.arrayContaining([...['cli.js', 'desktop.js', 'reader-worker.js', 'writer-worker.js', 'backup-worker.js']]),
  );
  expect(names.filter((name) => !name.endsWith('.js'))).toEqual([]);
});

test('the installed package runs, keeps its folder and serves, workers and all', async () => {
  const home = makeNewHome();
  onTestFinished(() => home.remove());
  const entry = join(installed, 'src-main', 'entry.mjs');
  expect(await runRelay(home, ['--version'], '', undefined, entry)).toMatchObject({
    code: 0,
    stdout: `${relayVersion}\n`,
  });
  const created = await runRelay(home, ['keys', 'create', '--name', 'packaged'], '', undefined, entry);
  expect(created.code).toBe(0);
  const relay = await startRelayProcess(home, ['serve'], entry);
  const answer = await fetch(`${relay.announcement.url}/v1/models`, {
    headers: { authorization: `Bearer ${created.stdout.trim()}` },
  });
  expect(answer.status).toBe(200);
  relay.kill('SIGTERM');
  expect(await relay.ended).toBe(0);
});

test('what npm would pack is the bundle, the entry and the papers', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: packageRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  const packed: { files: { path: string }[] }[] = Object.values(JSON.parse(output));
  const paths = packed.flatMap(({ files }) => files.map(({ path }) => path));
  const foreign = paths.filter(
    (path) => !/^(dist\/(main|preload|renderer)\/.+|src-main\/entry\.mjs|package\.json|README\.md|LICENSE)$/.test(path),
  );
  expect(foreign).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(['package.json', 'src-main/entry.mjs']));
});

test('the bundle is built where npm could not install what is optional', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  expect(mainBundle.build?.rolldownOptions?.external).toEqual(['electron', ...Object.keys(optionalDependencies)]);
});
