import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

/** The house as a Mermaid picture: each room and the rooms that it imports, without what another arrow says already. */
export function housePicture(root: string): string {
  const imports = roomImports(root);
  const lines = [...imports].flatMap(([room, targets]) =>
    [...targets].filter((target) => !leadsBeside(imports, room, target)).map((target) => `    ${room} --> ${target}`),
  );
  return ['graph TD', ...lines.sort()].join('\n');
}

/** Which rooms each room imports. */
export function roomImports(root: string): Map<string, Set<string>> {
  const imports = new Map<string, Set<string>>();
  for (const tree of ['src-main', 'src-renderer', 'src-shared']) {
    for (const name of readdirSync(join(root, tree), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(name)) continue;
      const file = join(root, tree, name);
      const room = roomOf(root, file);
      const targets = imports.get(room) ?? new Set();
      imports.set(room, targets);
      for (const target of importedFiles(file)) if (roomOf(root, target) !== room) targets.add(roomOf(root, target));
    }
  }
  return imports;
}

/** The folder under src-main; its own files are the room that they start. */
function roomOf(root: string, file: string): string {
  const [tree = '', first = '', ...rest] = relative(root, file).split(sep);
  if (tree !== 'src-main') return tree;
  if (rest.length > 0) return first;
  return first === 'cli.ts' || first === 'desktop.ts' ? first.replace('.ts', '') : 'relay';
}

function importedFiles(file: string): string[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, readFileSync(file, 'utf8')).module;
  const source = readFileSync(file, 'utf8');
  const names = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start + 1, end - 1)),
  ];
  return names.filter((name) => /^\.\.?\/.*\.tsx?$/.test(name)).map((name) => join(dirname(file), name));
}

/** Whether `target` is also reached over a third room. */
function leadsBeside(imports: ReadonlyMap<string, ReadonlySet<string>>, room: string, target: string): boolean {
  const seen = new Set([room]);
  const visit = (from: string): boolean =>
    [...(imports.get(from) ?? [])].some((next) => {
      if (next === target) return from !== room;
      if (seen.has(next)) return false;
      seen.add(next);
      return visit(next);
    });
  return visit(room);
}
