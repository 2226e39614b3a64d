import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DrawnDefect } from './drawn-defects.ts';
import type { OrderedRun } from './ordered-run.ts';

export interface DefectLane {
  readonly folder: string;
  /**
   * The first failure of these test files, asked in this order, with the defect in place; `null` where none fails. A failure counts only
   * where it is seen again, and where the same tests pass without the defect.
   */
  noticed(defect: DrawnDefect, tests: readonly string[]): Promise<string | null>;
  remove(): void;
}

/** What all lanes have learned of the tests so far. */
export interface KnownTests {
  readonly tookMs: Map<string, number>;
  /** Whether tests, named one after the other, pass without a defect. */
  readonly sound: Map<string, Promise<boolean>>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach(end));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/** A copy of the checkout at `root` in which one defect at a time is planted. */
export function createDefectLane(root: string, files: readonly string[], known: KnownTests): DefectLane {
  const folder = mkdtempSync(join(tmpdir(), 'relay-defects-'));
  for (const file of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { folder, noticed, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };

  async function noticed(defect: DrawnDefect, tests: readonly string[]): Promise<string | null> {
    let left = tests;
    while (left.length > 0) {
      const failure = await withDefect(defect, left);
      if (failure === null) return null;
      const failed = left.filter((file) => failure.startsWith(`${file}: `));
      const asked = failed.length === 0 ? left : failed;
      if ((await withDefect(defect, asked)) !== null && (await passWithout(asked))) return failure;
      left = left.filter((file) => !asked.includes(file));
    }
    return null;
  }

  async function withDefect(
    { file, start, end, after }: DrawnDefect,
    tests: readonly string[],
  ): Promise<string | null> {
    const path = join(folder, file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, source.slice(0, start) + after + source.slice(end));
    try {
      return await firstFailure(tests);
    } finally {
      writeFileSync(path, source);
    }
  }

  function passWithout(tests: readonly string[]): Promise<boolean> {
    const name = tests.join(' ');
    const sound = known.sound.get(name) ?? firstFailure(tests).then((failure) => failure === null);
    known.sound.set(name, sound);
    return sound;
  }

  async function firstFailure(tests: readonly string[]): Promise<string | null> {
    const result = join(folder, 'ordered-run.json');
    for (;;) {
      rmSync(result, { force: true });
      await ended('node', [join('scripts', 'defects', 'ordered-run.ts'), result, ...tests]);
      if (!existsSync(result)) return 'the run as a whole';
      const { failure, lost, tookMs }: OrderedRun = JSON.parse(readFileSync(result, 'utf8'));
      if (failure === null) for (const [file, ms] of Object.entries(tookMs)) known.tookMs.set(file, ms);
      if (!lost) return failure;
    }
  }

  function ended(command: string, args: readonly string[]): Promise<void> {
    const env = { RELAY_KILL_ROUNDS: '2', ...process.env };
    // A group of its own: a test's process in an endless loop ends with it.
    const child = spawn(command, args, { cwd: folder, stdio: 'ignore', env, detached: process.platform !== 'win32' });
    running.add(child);
    return new Promise((resolve) => {
      const done = (): void => {
        end(child);
        running.delete(child);
        resolve();
      };
      child.once('exit', done).once('error', done);
    });
  }
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // All of them have ended already.
  }
}
