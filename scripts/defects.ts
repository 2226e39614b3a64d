import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDefectLane, type DefectLane, type KnownTests } from './defects/defect-lane.ts';
import { defectRooms } from './defects/defect-rooms.ts';
import { type DrawnDefect, drawDefects } from './defects/drawn-defects.ts';
import { createImportGraph } from './defects/import-graph.ts';

/**
 * `npm run prove -- defects`: plants defects into copies of this checkout, one at a time, and asks the tests: those of test/unit that reach
 * the changed file by imports, the nearest first, and what all of these let pass the room's thorough ones. Which ones is drawn with a seed, so that
 * a run can be repeated: RELAY_DEFECTS per room (24), RELAY_DEFECT_SEED (1), RELAY_DEFECT_ROOM for one room only, RELAY_DEFECT_LANES at a time (2).
 * RELAY_DEFECT_RESULT names the file that gets a JSON line for each answer (default: in the folder for temporary files); a run goes on where that
 * file ends, and with RELAY_DEFECT_AGAIN=1 it asks for the survivors once more.
 */
const perRoom = Number(process.env['RELAY_DEFECTS'] ?? 24);
const seed = Number(process.env['RELAY_DEFECT_SEED'] ?? 1);
const lanesAtOnce = Number(process.env['RELAY_DEFECT_LANES'] ?? Math.min(2, availableParallelism()));
const result = process.env['RELAY_DEFECT_RESULT'] ?? join(tmpdir(), `relay-defects-${seed}.jsonl`);
const rooms = defectRooms.filter(({ name }) => (process.env['RELAY_DEFECT_ROOM'] ?? name) === name);

interface Answer extends DrawnDefect {
  readonly asked: 'quick' | 'thorough';
  /** The test that noticed it; `null` where none did. */
  readonly caughtBy: string | null;
}

interface Judged {
  readonly id: string;
  /** Whether the type checker lets it pass. */
  readonly typed: boolean;
}

const root = join(import.meta.dirname, '..');
const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 2 ** 20,
});
const files = listed.stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
const tests = files.filter((file) => file.endsWith('.test.ts'));
const code = files.filter((file) => /\.(?:ts|tsx|mjs)$/.test(file));
const graph = createImportGraph(new Map(code.map((file) => [file, readFileSync(join(root, file), 'utf8')])));
const quick = tests
  .filter((test) => test.startsWith('test/unit/'))
  .map((test) => ({ test, distances: graph.distances(test) }));
const known: KnownTests = { tookMs: new Map(), sound: new Map() };
const lanes = Array.from({ length: lanesAtOnce }, () => createDefectLane(root, files, known));
process.on('exit', () => {
  for (const lane of lanes) lane.remove();
});

const names = rooms.map(({ name }) => name);
const lines = written();
const answers = new Map(lines.flatMap((line) => ('asked' in line ? [[line.id, line]] : [])));
const judged = new Map(lines.map((line) => [line.id, 'asked' in line || line.typed]));
const before = new Set(judged.keys());
const drawn = drawDefects(lanes[0]?.folder ?? '', files, names, perRoom, seed, judged);
for (const [id, typed] of judged) if (!before.has(id)) write({ id, typed });
const again = process.env['RELAY_DEFECT_AGAIN'] === '1';
const open = drawn.filter(({ id }) => answers.get(id)?.caughtBy == null);
await askAll('quick', again ? open : open.filter(({ id }) => !answers.has(id)), answers);
const missed = open.filter(({ id }) => answers.get(id)?.caughtBy === null);
await askAll('thorough', again ? missed : missed.filter(({ id }) => answers.get(id)?.asked === 'quick'), answers);
report(drawn.map(({ id }) => answers.get(id)).filter((answer) => answer !== undefined));

function written(): (Answer | Judged)[] {
  if (!existsSync(result)) return [];
  const lines = readFileSync(result, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function write(line: Answer | Judged): void {
  appendFileSync(result, `${JSON.stringify(line)}\n`);
}

async function askAll(asked: Answer['asked'], defects: readonly DrawnDefect[], answers: Map<string, Answer>) {
  const waiting = [...defects];
  const ask = async (lane: DefectLane): Promise<void> => {
    for (let defect = waiting.shift(); defect !== undefined; defect = waiting.shift()) {
      const order = asked === 'quick' ? quickTests(defect.file) : thoroughTests(defect.room);
      const answer = { ...defect, asked, caughtBy: await lane.noticed(defect, order) };
      answers.set(defect.id, answer);
      write(answer);
      console.log(lineOf(answer));
    }
  };
  await Promise.all(lanes.map(ask));
}

/** An import further away weighs as much as a second of running. */
function quickTests(file: string): string[] {
  return quick
    .map(({ test, distances }) => ({ test, distance: distances.get(file) }))
    .filter(({ distance }) => distance !== undefined)
    .map(({ test, distance = 0 }) => ({ test, weight: 1_000 * distance + (known.tookMs.get(test) ?? 500) }))
    .toSorted((a, b) => a.weight - b.weight)
    .map(({ test }) => test);
}

function thoroughTests(room: string): string[] {
  const wanted = rooms.find(({ name }) => name === room)?.thorough ?? [];
  const found = wanted.map((name) => tests.filter((test) => test.startsWith(`test/${name}`)));
  const none = wanted.filter((_name, index) => found[index]?.length === 0);
  if (none.length > 0) throw new Error(`There is no such test as ${none.join(', ')}: see defect-rooms.ts.`);
  return [...new Set(found.flat())];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 90);
}

function lineOf({ file, line, kind, before, after, asked, caughtBy }: Answer): string {
  const end = caughtBy === null ? `not noticed by the ${asked} tests` : `caught by ${oneLine(caughtBy)}`;
  return `${file}:${line} ${kind}: ${oneLine(before)} -> ${oneLine(after)}\n    ${end}`;
}

function report(answers: readonly Answer[]): void {
  const caught = answers.filter(({ caughtBy }) => caughtBy !== null);
  for (const { name } of rooms) {
    const [some, all] = [caught, answers].map((list) => list.filter(({ room }) => room === name).length);
    console.log(`${name}: ${some} of ${all} caught`);
  }
  const share = ((100 * caught.length) / answers.length).toFixed(1);
  console.log(`${caught.length} of ${answers.length} defects caught (${share} %), seed ${seed}.`);
  for (const answer of answers) if (answer.caughtBy === null) console.log(`survived: ${lineOf(answer).split('\n')[0]}`);
}
