import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeCalls } from '../../../src-renderer/features/calls/merge-calls.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { call } from '../dashboard/samples.ts';

const everything = {};
const at = (startedAt: number, changes: Partial<CallRecord> = {}): CallRecord => ({
  ...call,
  id: `call_${startedAt}`,
  startedAt,
  ...changes,
});
const live = (...calls: CallRecord[]) => new Map(calls.map((one) => [one.id, one]));
const startsOf = (rows: readonly CallRecord[]) => rows.map((row) => row.startedAt);

describe('merging the log with live calls', () => {
  it('puts the newest first, each call once and as it was told last', () => {
    const merged = mergeCalls([at(2, { status: 'inflight' }), at(1)], live(at(3), at(2)), everything, null);
    expect(merged).toEqual({ rows: [at(3), at(2), at(1)], waiting: 0 });
  });

  it('orders calls of one millisecond by id, as the log does', () => {
    const twins = [at(1, { id: 'a' }), at(1, { id: 'c' }), at(1, { id: 'b' })];
    expect(mergeCalls(twins, live(), everything, null).rows.map((row) => row.id)).toEqual(['c', 'b', 'a']);
  });

  it('keeps newer calls back where the list is held, and counts them', () => {
    const merged = mergeCalls([at(2), at(1)], live(at(4), at(3)), everything, at(2));
    expect([startsOf(merged.rows), merged.waiting]).toEqual([[2, 1], 2]);
  });

  it('still changes the rows that are shown', () => {
    const merged = mergeCalls([at(1, { status: 'inflight' })], live(at(1), at(2)), everything, at(1));
    expect(merged).toEqual({ rows: [at(1)], waiting: 1 });
  });

  it('lets only live calls in that match', () => {
    const calls = live(at(1, { modelAsked: 'GPT-X' }), at(2, { status: 'error', errorCode: 'gpt-x-limit' }), at(3));
    expect(startsOf(mergeCalls([], calls, { text: ' gpt-x ' }, null).rows)).toEqual([2, 1]);
    expect(startsOf(mergeCalls([], calls, { status: 'error' }, null).rows)).toEqual([2]);
  });

  it('drops a call whose status no longer matches', () => {
    const read = [at(1, { status: 'inflight' })];
    expect(mergeCalls(read, live(at(1)), { status: 'inflight' }, null).rows).toEqual([]);
  });

  it('keeps what the log found by text, though only the log can see why', () => {
    expect(mergeCalls([at(1)], live(at(1)), { text: 'elsewhere' }, null).rows).toEqual([at(1)]);
  });

  it('says the same as putting all of it together anew, however the log and the events overlap', () => {
    const some = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 30 });
    fc.assert(
      fc.property(some, some, some, (readAt, liveAt, failedAt) => {
        const read = readAt.map((time) => at(time));
        const told = live(
          ...liveAt.map((time) => at(time, { status: failedAt.includes(time) ? 'error' : 'ok', modelRan: 'told' })),
        );
        const anew = [...new Map([...read, ...told.values()].map((one) => [one.id, one])).values()]
          .filter((one) => one.status === 'ok')
          .sort((a, b) => b.startedAt - a.startedAt);
        expect(mergeCalls(read, told, { status: 'ok' }, null).rows).toEqual(anew);
      }),
    );
  });

  it('never moves, adds or loses a row of a held list, whatever arrives on top', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, times, (readAt, arrivedAt) => {
        const newest = Math.max(...readAt);
        const read = readAt.map((time) => at(time));
        const before = mergeCalls(read, live(), everything, null).rows;
        const arrived = arrivedAt.map((time) => at(newest + 1 + time));
        const held = mergeCalls(read, live(...arrived), everything, at(newest));
        expect(held).toEqual({ rows: before, waiting: arrived.length });
      }),
    );
  });
});
