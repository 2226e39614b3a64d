import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunCounts } from './count-reporter.ts';
import { type DefectRoom, defectRooms } from './defects/defect-rooms.ts';
import { type DefectSite, findDefectSites } from './defects/defect-sites.ts';

/**
 * `npm run prove -- defects`: plants defects into a copy of this checkout, one at a time, and runs the tests of the room that it is
 * in. Which ones is drawn with a seed, so that a run can be repeated: RELAY_DEFECTS per room (24), RELAY_DEFECT_SEED (1),
 * RELAY_DEFECT_ROOM for one room only. RELAY_DEFECT_RESULT names a file for the result as JSON.
 */
const perRoom = Number(process.env['RELAY_DEFECTS'] ?? 24);
const seed = Number(process.env['RELAY_DEFECT_SEED'] ?? 1);
const rooms = defectRooms.filter(({ name }) => (process.env['RELAY_DEFECT_ROOM'] ?? name) === name);

/** A defect may make a program wait for ever: that is noticed too. */
const limitMs = 420_000;

interface Defect extends DefectSite {
  readonly room: string;
  readonly file: string;
  /** The test that noticed it; `null` where none did. */
  readonly caughtBy: string | null;
}

const root = join(import.meta.dirname, '..');
const copy = mkdtempSync(join(tmpdir(), 'relay-defects-'));
try {
  const files = output('git', ['ls-files', '-z'], root).split('\0').filter(Boolean);
  for (const file of files) if (existsSync(join(root, file))) cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const defects = rooms.flatMap((room) => plantIn(room, files));
  report(defects);
  const result = process.env['RELAY_DEFECT_RESULT'];
  if (result !== undefined) writeFileSync(result, `${JSON.stringify({ seed, perRoom, defects }, null, 2)}\n`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function plantIn(room: DefectRoom, files: readonly string[]): Defect[] {
  for (const tests of [room.quick, room.thorough]) {
    const before = noticed(tests);
    if (before !== null) throw new Error(`The tests of ${room.name} fail without any defect: ${before}`);
  }
  const all = files
    .filter((file) => file.startsWith(`src-main/${room.name}/`) && file.endsWith('.ts'))
    .flatMap((file) => findDefectSites(file, read(file)).map((site) => ({ ...site, file })));
  return drawn(all, perRoom).map((site) => {
    const source = read(site.file);
    writeFileSync(join(copy, site.file), source.slice(0, site.start) + site.after + source.slice(site.end));
    try {
      const defect = { ...site, room: room.name, caughtBy: noticed(room.quick) ?? noticed(room.thorough) };
      console.log(lineOf(defect));
      return defect;
    } finally {
      writeFileSync(join(copy, site.file), source);
    }
  });
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The first failure of these tests; `null` where all pass. */
function noticed(tests: readonly string[]): string | null {
  const counts = join(copy, 'counts.json');
  rmSync(counts, { force: true });
  const reporters = ['--reporter=dot', '--reporter=./scripts/count-reporter.ts'];
  const { status, error } = spawnSync('vitest', ['run', '--project', 'node', '--bail', '1', ...reporters, ...tests], {
    cwd: copy,
    stdio: 'ignore',
    timeout: limitMs,
    killSignal: 'SIGKILL',
    shell: process.platform === 'win32',
    env: { RELAY_KILL_ROUNDS: '2', ...process.env, RELAY_TEST_COUNTS: counts },
  });
  if (error !== undefined) return `no end within ${limitMs / 1_000} s`;
  if (status === 0) return null;
  if (!existsSync(counts)) return 'the run as a whole';
  const { failures, lost }: RunCounts = JSON.parse(readFileSync(counts, 'utf8'));
  // V8's own crash says nothing of the defect (count-reporter.ts).
  if (failures.length === 0 && lost.length > 0) return noticed(tests);
  return failures[0] ?? 'the run as a whole';
}

function drawn<Item>(items: readonly Item[], count: number): Item[] {
  const left = [...items];
  const taken: Item[] = [];
  let state = seed;
  while (taken.length < count && left.length > 0) {
    // A linear congruential generator: the same draw on every machine.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    taken.push(...left.splice(Math.floor((state / 2 ** 32) * left.length), 1));
  }
  return taken;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 90);
}

function lineOf({ file, line, kind, before, after, caughtBy }: Defect): string {
  const end = caughtBy === null ? 'SURVIVED' : `caught by ${oneLine(caughtBy)}`;
  return `${file}:${line} ${kind}: ${oneLine(before)} -> ${oneLine(after)}\n    ${end}`;
}

function report(defects: readonly Defect[]): void {
  const survived = defects.filter(({ caughtBy }) => caughtBy === null);
  const caught = defects.length - survived.length;
  console.log(
    `\n${caught} of ${defects.length} defects caught (${((100 * caught) / defects.length).toFixed(1)} %), seed ${seed}.`,
  );
  for (const defect of survived) console.log(`survived: ${lineOf(defect).split('\n')[0]}`);
}

function output(command: string, args: readonly string[], cwd: string): string {
  return spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 }).stdout;
}
