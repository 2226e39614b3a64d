import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../test/support/chromium.ts';

/**
 * `npm test`: every group of tests that can run here, then one line for each that was left out, with the reason and the command
 * that enables it. `npm test -- check node` runs only the groups named. RELAY_TEST_REQUIRE_ALL=1 makes a left-out group a failure.
 */
interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Group {
  readonly name: string;
  /** Why the group cannot run here and what enables it; `null` when it can. */
  readonly leftOut: () => string | null;
  readonly run: () => Counts;
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const leftOut: string[] = [];

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status === 0;
}

/** The commands of `npm run check`, each counted as one test. */
function check(): Counts {
  const scripts = ['types', 'lint', 'dead'];
  const passed = scripts.filter((script) => succeeds(npm, ['run', '--silent', script])).length;
  return { passed, failed: scripts.length - passed, skipped: 0 };
}

function vitest(project: string): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'relay-counts-'));
  const file = join(folder, 'counts.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const passed = succeeds('npx', ['vitest', 'run', '--project', project, ...reporters]);
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
    const counts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    const failed = counts['numFailedTests'] ?? 0;
    return {
      passed: counts['numPassedTests'] ?? 0,
      // A file that could not be loaded fails without a failed test.
      failed: failed === 0 && !passed ? 1 : failed,
      skipped: (counts['numPendingTests'] ?? 0) + (counts['numTodoTests'] ?? 0),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Node's own browser download is tried once; where it is refused the group is left out. */
function chromiumMissing(): string | null {
  if (findChromium() !== null) return null;
  spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'ignore', timeout: 120_000 });
  if (findChromium() !== null) return null;
  return 'no Chromium on this machine; install one (Debian: apt-get install chromium) or set CHROMIUM_PATH';
}

const groups: readonly Group[] = [
  { name: 'check', leftOut: () => null, run: check },
  { name: 'node', leftOut: () => null, run: () => vitest('node') },
  { name: 'clients', leftOut: () => null, run: () => vitest('clients') },
  { name: 'packaging', leftOut: () => null, run: () => vitest('packaging') },
  { name: 'browser', leftOut: chromiumMissing, run: () => vitest('browser') },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !groups.some((group) => group.name === name));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(', ')}. Groups: ${groups.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const group of groups) {
  if (wanted.length > 0 && !wanted.includes(group.name)) continue;
  const reason = group.leftOut();
  if (reason !== null) {
    leftOut.push(`${group.name}: ${reason}`);
    continue;
  }
  console.log(`\n== ${group.name}`);
  const counts = group.run();
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
if (leftOut.length > 0 && process.env['RELAY_TEST_REQUIRE_ALL'] === '1') total.failed += leftOut.length;

console.log('');
for (const line of leftOut) console.log(`left out: ${line}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
