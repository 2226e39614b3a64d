import { expect, it } from 'vitest';
import { createJournal, type Journal, type JournalLimits, journalLimits } from '../../../src-main/ledger/journal.ts';
import type { JournalDisk } from '../../../src-main/ledger/journal-files.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { begun, served } from './sample-call.ts';

/** Files in memory, on a disk with as much room as the test says. */
function smallDisk() {
  const files = new Map<string, Buffer>();
  const open = new Map<number, string>();
  const disk = { room: Number.POSITIVE_INFINITY, files, text, ...calls() };
  function text(): string[] {
    return [...files.values()].map((bytes) => bytes.toString('utf8'));
  }
  function calls(): JournalDisk {
    return {
      makeFolder() {},
      create(path) {
        if (disk.room === 0) throw new Error('ENOSPC: no space left on device');
        files.set(path, Buffer.alloc(0));
        open.set(open.size + 1, path);
        return open.size;
      },
      write(file, bytes, position) {
        if (disk.room === 0) throw new Error('ENOSPC: no space left on device');
        const path = open.get(file) ?? '';
        const before = files.get(path) ?? Buffer.alloc(0);
        const length = Math.min(bytes.length, disk.room);
        const after = Buffer.alloc(Math.max(before.length, position + length));
        before.copy(after);
        after.set(bytes.subarray(0, length), position);
        disk.room -= after.length - before.length;
        files.set(path, after);
        return length;
      },
      close() {},
    };
  }
  return disk;
}

function journalOn(
  disk: JournalDisk,
  limits: Partial<JournalLimits> = {},
): { journal: Journal; forgotten: CallRecord[] } {
  const forgotten: CallRecord[] = [];
  const journal = createJournal({
    folder: 'logs',
    disk,
    firstFile: 1,
    left: [],
    limits: { ...journalLimits, ...limits },
    onForget: (call) => forgotten.push(call),
  });
  return { journal, forgotten };
}

const line = (call: CallRecord): string => `${JSON.stringify(call)}\n`;
const size = (call: CallRecord): number => Buffer.byteLength(line(call));

it('each call is one line for its begin and one for its end, written before append returns', () => {
  const disk = smallDisk();
  const { journal } = journalOn(disk);
  expect(journal.append(begun('call_1'))).toBe(true);
  expect(disk.text()).toEqual([line(begun('call_1'))]);
  expect(journal.append(served('call_1'))).toBe(true);
  expect(disk.text()).toEqual([line(begun('call_1')) + line(served('call_1'))]);
});

it('the decisions of a call are one more member of its line', () => {
  const disk = smallDisk();
  const { journal } = journalOn(disk);
  journal.append(served('call_1'), ['[1,"a"]', '[2]']);
  expect(disk.text().map((text) => JSON.parse(text))).toEqual([{ ...served('call_1'), decisions: [[1, 'a'], [2]] }]);
});

it('a full disk keeps lines in memory in their order; when space returns the half-written line is made whole', () => {
  const disk = smallDisk();
  const { journal } = journalOn(disk);
  journal.append(begun('call_1'));
  disk.room = 100;
  expect(journal.append(begun('call_2'))).toBe(false);
  expect(journal.append(served('call_1'))).toBe(false);
  expect([journal.heldLines(), journal.failure(), journal.dropped()]).toEqual([2, 'the disk is full', 0]);
  expect(journal.written()).toEqual({ file: 1, offset: size(begun('call_1')) });

  journal.retry();
  expect([journal.heldLines(), journal.failure()]).toEqual([2, 'ENOSPC: no space left on device']);

  disk.room = Number.POSITIVE_INFINITY;
  expect(journal.append(served('call_2'))).toBe(false);
  journal.retry();
  expect([journal.heldLines(), journal.failure()]).toEqual([0, null]);
  const all = [begun('call_1'), begun('call_2'), served('call_1'), served('call_2')].map(line).join('');
  expect(disk.text()).toEqual([all]);
  expect(journal.written()).toEqual({ file: 1, offset: Buffer.byteLength(all) });
});

it('files are rotated by size, and acknowledged ones no longer count', () => {
  const disk = smallDisk();
  const { journal } = journalOn(disk, { fileBytes: 10 });
  for (const id of ['call_1', 'call_2', 'call_3']) journal.append(begun(id));
  const bytes = size(begun('call_1'));
  expect(journal.files()).toEqual([
    { file: 1, size: bytes },
    { file: 2, size: bytes },
    { file: 3, size: bytes },
  ]);
  journal.acknowledge({ file: 3, offset: 0 });
  expect(journal.files()).toEqual([{ file: 3, size: bytes }]);
});

it('where the next file cannot be made, the one at hand grows', () => {
  const disk = smallDisk();
  let refuse = false;
  const { journal } = journalOn(
    {
      ...disk,
      create(path) {
        if (refuse) throw new Error('EMFILE: too many open files');
        return disk.create(path);
      },
    },
    { fileBytes: 10 },
  );
  journal.append(begun('call_1'));
  refuse = true;
  expect(journal.append(begun('call_2'))).toBe(true);
  expect(journal.files()).toEqual([{ file: 1, size: 2 * size(begun('call_1')) }]);
});

it('settled calls are remembered until the database has their line, and no more of them than allowed', () => {
  const { journal, forgotten } = journalOn(smallDisk(), { remembered: 2 });
  const calls = ['call_1', 'call_2', 'call_3', 'call_4'].map((id) => served(id));
  for (const call of calls.slice(0, 2)) journal.append(call);
  journal.acknowledge({ file: 1, offset: size(served('call_1')) });
  expect(forgotten).toEqual([calls[0]]);
  for (const call of calls.slice(2)) journal.append(call);
  expect(forgotten).toEqual(calls.slice(0, 2));
  journal.acknowledge({ file: 1, offset: 4 * size(served('call_1')) });
  expect(forgotten).toEqual(calls);
});

it('an acknowledgement that is older than the last one changes nothing', () => {
  const { journal, forgotten } = journalOn(smallDisk());
  journal.append(served('call_1'));
  journal.acknowledge({ file: 1, offset: size(served('call_1')) });
  journal.acknowledge({ file: 1, offset: 0 });
  expect(journal.committed()).toEqual({ file: 1, offset: size(served('call_1')) });
  expect(forgotten.length).toBe(1);
});

it('beyond the cap new calls are turned away first, running ones may still settle, and every lost end is counted', () => {
  const one = size(served('call_00'));
  const { journal, forgotten } = journalOn(smallDisk(), { totalBytes: 16 * one });
  for (let n = 10; n < 25; n += 1) expect(journal.append(served(`call_${n}`))).toBe(true);
  expect(journal.append(begun('call_25'))).toBe(false);
  expect(journal.dropped()).toBe(0);
  expect(journal.append(served('call_25'))).toBe(true);
  expect(journal.append(served('call_26'))).toBe(false);
  expect([journal.dropped(), journal.failure()]).toEqual([1, 'the journal holds as much as it may']);
  expect(forgotten).toEqual([served('call_26')]);
});

it('files that an earlier run left count towards the cap until they are in the database', () => {
  const journal = createJournal({
    folder: 'logs',
    disk: smallDisk(),
    firstFile: 8,
    left: [{ file: 7, size: 5_000 }],
    limits: { ...journalLimits, totalBytes: 5_100 },
    onForget() {},
  });
  expect(journal.append(served('call_1'))).toBe(false);
  journal.acknowledge({ file: 8, offset: 0 });
  expect(journal.append(served('call_2'))).toBe(true);
  expect([journal.dropped(), journal.failure()]).toEqual([1, null]);
});

it('a line that finds no room in memory either is dropped and counted', () => {
  const disk = smallDisk();
  const { journal } = journalOn(disk, { heldBytes: 2 * size(served('call_1')) });
  disk.room = 0;
  for (const id of ['call_1', 'call_2', 'call_3']) journal.append(served(id));
  expect([journal.heldLines(), journal.dropped()]).toEqual([2, 1]);
});

it('a call that settles after the journal was closed is counted as dropped and throws nothing', () => {
  const { journal } = journalOn(smallDisk());
  journal.close();
  expect(journal.append(served('call_1'))).toBe(false);
  expect(journal.dropped()).toBe(1);
});
