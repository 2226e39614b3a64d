import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { readLock } from '../src-main/config/lock.ts';

/**
 * Starts a packaged app, asks its Relay for a page, and ends it: node scripts/smoke-package.ts PROGRAM. For the machines that
 * build the packages; exits with 1 and a sentence where the app does not serve.
 */
const [program] = process.argv.slice(2);
if (program === undefined) throw new Error('Name the program of the packaged app.');
const limitMs = 120_000;
const home = mkdtempSync(join(tmpdir(), 'relay-smoke-'));
const dataDir = join(home, 'data');

const app = spawn(program, ['--hidden'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...{
      RELAY_HOME: dataDir,
      RELAY_PORT: '0',
      RELAY_SECRETS: 'file',
      RELAY_PASSPHRASE: 'a passphrase of the smoke test',
    },
  },
});
const ended = new Promise<number | string | null>((resolve) =>
  app.once('exit', (code, signal) => resolve(signal ?? code)),
);

async function serves(): Promise<string> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline && app.exitCode === null) {
    const url = (await readLock(dataDir).catch(() => null))?.url ?? null;
    if (url !== null) {
      const [live, page] = await Promise.all([fetch(`${url}/health/live`), fetch(url)]);
      if (live.ok && page.ok && (await page.text()).includes('<title>Relay')) return url;
    }
    await pass(250);
  }
  throw new Error(`${program} did not serve its dashboard within ${limitMs / 1_000} s.`);
}

try {
  console.log(`It serves at ${await serves()}.`);
  // Windows knows no gentle signal for a program without a console.
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(app.pid), '/t', '/f']);
  else app.kill('SIGTERM');
  console.log(`It ended with ${await ended}.`);
} catch (error) {
  app.kill('SIGKILL');
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await ended;
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
