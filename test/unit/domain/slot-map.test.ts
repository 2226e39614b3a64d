import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSlotMap } from '../../../src-shared/domain/slot-map.ts';

test('a slot map holds what a Map holds, in the same order', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), key, value: fc.nat() }),
    fc.record({ kind: fc.constant('delete' as const), key }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const slots = createSlotMap<number>();
      const map = new Map<string, number>();
      for (const each of steps) {
        if (each.kind === 'set') {
          slots.set(each.key, each.value);
          map.set(each.key, each.value);
        } else {
          slots.delete(each.key);
          map.delete(each.key);
        }
        expect({
          size: slots.size(),
          values: slots.values(),
          oldest: slots.oldest(),
          each: ['a', 'b', 'c', 'd'].map(slots.get),
        }).toEqual({
          size: map.size,
          values: [...map.values()],
          oldest: [...map.keys()][0],
          each: ['a', 'b', 'c', 'd'].map((name) => map.get(name)),
        });
      }
    }),
  );
});

/** In a program of its own: how much memory is in use shows only where nothing else runs. */
const program = `
  import { createSlotMap } from ${JSON.stringify(new URL('../../../src-shared/domain/slot-map.ts', import.meta.url).href)};
  const slots = createSlotMap();
  gc();
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < 800; call += 1) {
    slots.set('call ' + call, Array.from({ length: 1_000 }, (_, at) => ({ at })));
    slots.delete('call ' + (call - 2));
    if (call % 40 === 0) gc({ type: 'minor' });
  }
  gc({ type: 'minor' });
  console.log(process.memoryUsage().heapUsed - before);
`;

test('what was deleted from a slot map that has become old is gone with the next young collection', () => {
  const { stdout } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  // 800 lists take 30 MB or more; of each 40 one or two were in use when V8 looked.
  expect(Number(stdout || Number.NaN)).toBeLessThan(8 * 2 ** 20);
});
