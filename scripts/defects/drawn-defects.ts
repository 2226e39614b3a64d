import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { type DefectSite, findDefectSites } from './defect-sites.ts';

export interface DrawnDefect extends DefectSite {
  /** The same as long as the changed text is. */
  readonly id: string;
  readonly room: string;
  readonly file: string;
}

/**
 * `count` defects of each room: the first ones by a digest of the seed and the changed text, so that an edit elsewhere leaves the draw as it
 * is. What the type checker refuses never gets as far as a test and is passed over.
 * @param folder a copy of the checkout in which files may be changed
 * @param judged by id what is known to pass the type checker or not; grows
 */
export function drawDefects(
  folder: string,
  files: readonly string[],
  rooms: readonly string[],
  count: number,
  seed: number,
  judged: Map<string, boolean>,
): DrawnDefect[] {
  const left = new Map(rooms.map((room) => [room, inDrawnOrder(room)]));
  const drawn = new Map<string, DrawnDefect[]>(rooms.map((room) => [room, []]));
  for (;;) {
    const next = rooms.flatMap((room) => left.get(room)?.splice(0, count - (drawn.get(room)?.length ?? 0)) ?? []);
    if (next.length === 0) return rooms.flatMap((room) => drawn.get(room) ?? []);
    const open = next.filter(({ id }) => !judged.has(id));
    const refused = refusedByTypes(folder, open);
    for (const defect of open) judged.set(defect.id, !refused.has(defect));
    for (const defect of next) if (judged.get(defect.id) === true) drawn.get(defect.room)?.push(defect);
  }

  function inDrawnOrder(room: string): DrawnDefect[] {
    return files
      .filter((file) => file.startsWith(`src-main/${room}/`) && file.endsWith('.ts'))
      .flatMap((file) => defectsOf(room, file, readFileSync(join(folder, file), 'utf8')))
      .map((defect) => ({ defect, place: digest(`${seed} ${defect.id}`) }))
      .toSorted((a, b) => (a.place < b.place ? -1 : 1))
      .map(({ defect }) => defect);
  }
}

function defectsOf(room: string, file: string, source: string): DrawnDefect[] {
  const times = new Map<string, number>();
  return findDefectSites(file, source).map((site) => {
    const name = JSON.stringify([file, site.kind, site.before, site.after]);
    const time = times.get(name) ?? 0;
    times.set(name, time + 1);
    return { ...site, id: digest(`${name} ${time}`).slice(0, 12), room, file };
  });
}

/** One defect in each file at a time, so that an error says whose it is. */
function refusedByTypes(folder: string, defects: readonly DrawnDefect[]): ReadonlySet<DrawnDefect> {
  const readIn = (file: string): string => readFileSync(join(folder, file), 'utf8');
  // One that cannot even be parsed would hide what the type checker has to say of the others.
  const refused = new Set(
    defects.filter((defect) => parseSync(defect.file, withDefect(readIn(defect.file), defect)).errors.length > 0),
  );
  const config = join(folder, 'tsconfig.defects.json');
  writeFileSync(config, JSON.stringify({ extends: './tsconfig.json', include: ['src-main', 'src-shared'] }));
  let left = defects.filter((defect) => !refused.has(defect));
  while (left.length > 0) {
    const planted = new Map(left.toReversed().map((defect) => [defect.file, defect]));
    const sources = new Map([...planted.keys()].map((file) => [file, readIn(file)]));
    for (const [file, defect] of planted) {
      writeFileSync(join(folder, file), withDefect(sources.get(file) ?? '', defect));
    }
    const options = { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' } as const;
    const { stdout } = spawnSync('tsc', ['-p', config, '--pretty', 'false'], options);
    for (const [file, source] of sources) writeFileSync(join(folder, file), source);
    for (const [, file = ''] of stdout.matchAll(/^(\S+\.ts)\(\d+,\d+\): error/gm)) {
      const defect = planted.get(file);
      if (defect !== undefined) refused.add(defect);
    }
    left = left.filter((defect) => planted.get(defect.file) !== defect);
  }
  return refused;
}

function withDefect(source: string, { start, end, after }: DefectSite): string {
  return source.slice(0, start) + after + source.slice(end);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
