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
