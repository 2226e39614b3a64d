import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

test('what was deleted from a slot map that has become old is gone with the next young collection', () => {
  setFlagsFromString('--expose-gc');
  const collect: (options?: { type: 'minor' }) => void = runInNewContext('gc');
  const slots = createSlotMap<object>();
  const made = 800;
  collect();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < made; call += 1) {
    slots.set(
      `call ${call}`,
      Array.from({ length: 1_000 }, (_, at) => ({ at })),
    );
    slots.delete(`call ${call - 2}`);
    if (call % 40 === 0) collect({ type: 'minor' });
  }
  collect({ type: 'minor' });
  const kept = process.memoryUsage().heapUsed - before;
  // 800 lists take 30 MB or more; of each 40 one or two were in use when V8 looked.
  expect(kept).toBeLessThan(8 * 2 ** 20);
});
