import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { newestChange } from '../../scripts/newest-change.ts';
import { packageRoot, rendererDir } from '../../src-main/config/package-info.ts';
import { findChromium } from '../support/chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the tests' one Chromium listens. */
    readonly chromiumUrl: string;
  }
}

/** The dashboard as it is built from these sources, and one Chromium for all files. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const sources = ['src-renderer', 'src-shared', 'vite.config.ts', 'package-lock.json'];
  if (newestChange([rendererDir]) < newestChange(sources.map((path) => join(packageRoot, path)))) buildDashboard();
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('These tests need a Chromium: install one or set CHROMIUM_PATH.');
  const isRoot = process.getuid?.() === 0;
  const server = await chromium.launchServer({
    executablePath,
    args: ['--disable-gpu', '--disable-background-networking', ...(isRoot ? ['--no-sandbox'] : [])],
  });
  project.provide('chromiumUrl', server.wsEndpoint());
  return () => server.close();
}

/** In a process of its own: this one has the environment of tests, and the build must not. */
function buildDashboard(): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(packageRoot, 'scripts', 'run.mjs'), 'build', 'renderer'],
    { cwd: packageRoot, encoding: 'utf8' },
  );
  // What is left of a failed build is newer than its sources, and must not pass for one.
  if (status !== 0) rmSync(rendererDir, { recursive: true, force: true });
  if (status !== 0) throw new Error(`The dashboard could not be built: ${stderr}`);
}
