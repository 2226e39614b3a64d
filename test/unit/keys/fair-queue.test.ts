import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFairQueue, type Slot } from '../../../src-main/keys/fair-queue.ts';

const never = new AbortController().signal;

function queue(capacity: number | null) {
  const state = { capacity };
  const timers = new Set<() => void>();
  const made = createFairQueue({
    capacity: () => state.capacity,
    timers: {
      set(_delayMs, run) {
        timers.add(run);
        return () => void timers.delete(run);
      },
    },
  });
  return { queue: made, state, timers };
}

describe('places for calls', () => {
  test('are handed out at once while there are some, and again when they come back', () => {
    const { queue: places } = queue(2);
    const first = places.take('a');
    const second = places.take('b');
    const third = places.take('c');
    first?.release();
    first?.release();
    expect([second !== null, third, places.inUse(), places.take('c') !== null, places.take('c')]).toEqual([
      true,
      null,
      1,
      true,
      null,
    ]);
  });

  test('without a limit there is always one', () => {
    const { queue: places } = queue(null);
    expect(Array.from({ length: 100 }, () => places.take('a')).every((slot) => slot !== null)).toBe(true);
  });

  test('go around the lanes: who sends 100 calls waits for itself, not the others for it', async () => {
    const { queue: places } = queue(1);
    const order: string[] = [];
    const held = places.take('busy');
    const wait = (lane: string, name: string) =>
      places.wait(lane, 1_000, never).then((slot) => {
        order.push(name);
        slot?.release();
      });
    const waiting = [
      wait('busy', 'busy 1'),
      wait('busy', 'busy 2'),
      wait('busy', 'busy 3'),
      wait('calm', 'calm 1'),
      wait('other', 'other 1'),
    ];
    held?.release();
    await Promise.all(waiting);
    expect(order).toEqual(['busy 1', 'calm 1', 'other 1', 'busy 2', 'busy 3']);
  });

  test('nobody of a lane overtakes who waits there already', async () => {
    const { queue: places, state } = queue(1);
    const held = places.take('a');
    const waiting = places.wait('a', 1_000, never);
    state.capacity = 2;
    expect(places.take('a')).toBeNull();
    places.serve();
    expect((await waiting) !== null).toBe(true);
    held?.release();
  });

  test('waiting ends without a place when its time is over, or when the client leaves', async () => {
    const { queue: places, timers } = queue(1);
    const held = places.take('a');
    const left = new AbortController();
    const late = places.wait('a', 1_000, never);
    const gone = places.wait('b', 1_000, left.signal);
    for (const run of [...timers].slice(0, 1)) run();
    left.abort();
    expect([await late, await gone, places.waiting(), timers.size]).toEqual([null, null, 0, 0]);
    held?.release();
    expect(places.inUse()).toBe(0);
  });

  test('none is ever lost or given twice, however calls come, wait, leave and end', async () => {
    const step = fc.record({
      lane: fc.constantFrom('a', 'b', 'c'),
      act: fc.constantFrom('take', 'wait', 'release', 'time'),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), async (capacity, steps) => {
        const { queue: places, timers } = queue(capacity);
        const held: Slot[] = [];
        for (const { lane, act } of steps) {
          if (act === 'take') {
            const slot = places.take(lane);
            if (slot !== null) held.push(slot);
          } else if (act === 'wait') {
            void places.wait(lane, 10, never).then((slot) => slot !== null && held.push(slot));
          } else if (act === 'release') held.shift()?.release();
          else for (const run of [...timers].slice(0, 1)) run();
          await Promise.resolve();
          await Promise.resolve();
          expect(places.inUse()).toBeLessThanOrEqual(capacity);
          expect(places.waiting() === 0 || places.inUse() === capacity).toBe(true);
        }
        for (let guard = 0; places.inUse() > 0 && guard < 200; guard += 1) {
          held.shift()?.release();
          await Promise.resolve();
          await Promise.resolve();
        }
        expect([places.inUse(), places.waiting()]).toEqual([0, 0]);
      }),
    );
  });
});
