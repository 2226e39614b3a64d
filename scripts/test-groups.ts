import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../test/support/chromium.ts';
import { fetchOpencode } from '../test/support/opencode-program.ts';
import type { RunCounts } from './count-reporter.ts';
import { findElectron, hasDisplay } from './electron-binary.ts';

export interface TestGroup {
  readonly name: string;
  /** Why the group cannot run here, and the command that enables it; `null` when it can. */
  readonly missing: () => string | null;
  readonly run: () => RunCounts;
  /** Why it may be left out even where nothing else may. */
  readonly excused?: string;
}

const root = join(import.meta.dirname, '..');
const isWindows = process.platform === 'win32';
/** The second has the files that may share no module with others. */
const nodeProjects = ['node', 'alone'];

/** In the order in which they run: what fails fastest first. */
export const testGroups: readonly TestGroup[] = [
  { name: 'check', missing: () => null, run: check },
  { name: 'node', missing: () => null, run: () => vitest(nodeProjects) },
  { name: 'clients', missing: () => null, run: clients },
  { name: 'browser', missing: chromiumMissing, run: () => vitest(['browser']) },
  // The dashboard as it is built, in front of a headless Relay and the simulator.
  { name: 'live', missing: chromiumMissing, run: () => vitest(['live']) },
  { name: 'packaging', missing: () => null, run: () => vitest(['packaging']) },
  {
    name: 'window',
    missing: electronMissing,
    run: openWindow,
    excused:
      "Electron's binary comes from a host that not every machine reaches; packaging and the fake stand in for it",
  },
];

/** Parts of `node`, for who asks for them by name. */
export const testParts: readonly TestGroup[] = ['unit', 'integration', 'faults'].map((name) => ({
  name,
  missing: () => null,
  run: () => vitest(nodeProjects, [`test/${name}/`]),
}));

function succeeds(command: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): boolean {
  const env = { ...process.env, ...variables };
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: isWindows, env }).status === 0;
}

/** Types, lint and dead code: each counts as one test. */
function check(): RunCounts {
  const scripts = ['types', 'lint', 'dead'];
  const failed = scripts.filter((script) => !succeeds('npm', ['run', '--silent', script]));
  const failures = failed.map((script) => `npm run ${script}`);
  return { passed: scripts.length - failed.length, skipped: 0, leftOut: [], failures, lost: [] };
}

/**
 * Node 24 now and then ends a process that starts and stops many worker threads, by V8's own check `jit_page.has_value()`
 * (nodejs/node#64500). Files that were lost to that run once more, and the run says so; nothing else is tried twice.
 */
function vitest(
  projects: readonly string[],
  filters: readonly string[] = [],
  within: readonly string[] = [],
): RunCounts {
  const counts = runVitest(projects, filters, within);
  if (counts.lost.length === 0) return counts;
  console.log(`\nV8 ended the process of these by a check of its own; they run once more: ${counts.lost.join(', ')}`);
  const again = runVitest(projects, counts.lost, within);
  const failures = [...counts.failures, ...again.failures, ...again.lost.map((file) => `${file}: V8 ended it twice`)];
  return {
    passed: counts.passed + again.passed,
    skipped: counts.skipped + again.skipped,
    leftOut: [...counts.leftOut, ...again.leftOut],
    failures,
    lost: [],
  };
}

function runVitest(projects: readonly string[], filters: readonly string[], within: readonly string[]): RunCounts {
  const folder = mkdtempSync(join(tmpdir(), 'relay-counts-'));
  const file = join(folder, 'counts.json');
  try {
    const reporters = ['--reporter=default', '--reporter=./scripts/count-reporter.ts'];
    const named = projects.flatMap((project) => ['--project', project]);
    const run = ['npx', 'vitest', 'run', ...named, ...reporters, ...filters];
    const [command = 'npx', ...args] = [...within, ...run];
    const passed = succeeds(command, args, { RELAY_TEST_COUNTS: file });
    const none: RunCounts = { passed: 0, skipped: 0, leftOut: [], failures: [], lost: [] };
    const counts: RunCounts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : none;
    // A run that failed as a whole must not pass for one in which no test failed.
    return passed || counts.failures.length > 0 || counts.lost.length > 0
      ? counts
      : { ...counts, failures: ['the run as a whole'] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function clients(): RunCounts {
  // While there is a network.
  fetchOpencode();
  return vitest(['clients'], [], emptyNetwork());
}

/** Real clients run in a network namespace with nothing in it but the loopback, where this machine lets one be made. */
function emptyNetwork(): readonly string[] {
  const within = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const [command = 'unshare', ...args] = within;
  return spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0 ? within : [];
}

/** A virtual screen serves where there is none. */
const virtualScreen = (): readonly string[] =>
  !hasDisplay() && spawnSync('xvfb-run', ['--help'], { stdio: 'ignore' }).status === 0 ? ['xvfb-run', '-a'] : [];

function electronMissing(): string | null {
  const { path, reason } = findElectron(root, hasDisplay() || virtualScreen().length > 0);
  return path === null ? `a real Electron window was not opened, because ${reason}` : null;
}

/** The bundle of now, in a real window. */
function openWindow(): RunCounts {
  const built = succeeds('npm', ['run', '--silent', 'build']);
  if (built) return vitest(['window'], [], virtualScreen());
  return { passed: 0, skipped: 0, leftOut: [], failures: ['npm run build'], lost: [] };
}

const installLimitMs = 180_000;
let isChromiumSought = false;

/** Where there is none, one is fetched, once: by root from the system's packages, else from Playwright's own host. */
function chromiumMissing(): string | null {
  if (findChromium() === null && !isChromiumSought) fetchChromium();
  if (findChromium() !== null) return null;
  return 'there is no Chromium here. Install one (Debian: apt-get install chromium) or name one in CHROMIUM_PATH';
}

function fetchChromium(): void {
  isChromiumSought = true;
  console.log('Looking for a Chromium for the browser tests.');
  const options = { cwd: root, stdio: 'ignore', timeout: installLimitMs, shell: isWindows } as const;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      ...options,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  if (findChromium() === null) spawnSync('npx', ['playwright', 'install', 'chromium'], options);
}
