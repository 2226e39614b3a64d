import { join } from 'node:path';
import type { Worker as RealWorker, Worker, WorkerOptions } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openLedger } from '../../../src-main/ledger/ledger.ts';
import { systemClock } from '../../../src-shared/domain/clock.ts';
import { begun, served } from './sample-call.ts';
import { tempFolder } from './temp-folder.ts';

const { started } = vi.hoisted(() => ({ started: new Map<string, Worker>() }));

// The real threads, but within reach of the test.
vi.mock('node:worker_threads', async (original) => {
  const real = await original<{ Worker: typeof RealWorker }>();
  class ReachableWorker extends real.Worker {
    constructor(file: URL, options: WorkerOptions) {
      super(file, options);
      started.set(file.pathname.split('/').at(-1) ?? '', this);
    }
  }
  return { ...real, Worker: ReachableWorker };
});

it('a lost writer thread is replaced: no row is lost or doubled, and running calls stay in flight', async () => {
  const notices: string[] = [];
  const ledger = await openLedger({
    dataDir: tempFolder(),
    clock: systemClock,
    onNotice: (sentence) => notices.push(sentence),
  });
  onTestFinished(() => ledger.close());
  ledger.begin(begun('call_1'));
  ledger.begin(begun('call_2'));
  await ledger.flush();
  await started.get('writer-worker.ts')?.terminate();
  ledger.settle(served('call_2'));
  ledger.begin(begun('call_3'));
  const write = { sql: "INSERT INTO settings VALUES ('a', '1')" };
  await expect(ledger.database.run([write])).rejects.toMatchObject({ code: 'storage_error' });
  await ledger.flush();
  const expected = [begun('call_3'), served('call_2'), begun('call_1')];
  expect((await ledger.calls({ limit: 10 })).calls).toEqual(expected);
  expect(await ledger.database.all('SELECT id, status FROM calls ORDER BY id DESC')).toEqual(
    expected.map(({ id, status }) => ({ id, status })),
  );
  await ledger.database.run([write]);
  expect(ledger.state()).toEqual({ state: 'ok', reason: null, dropped: 0 });
});

it('a change that is on its way when the writer thread is lost is refused: it never waits for ever', async () => {
  const dataDir = tempFolder();
  const ledger = await openLedger({ dataDir, clock: systemClock });
  onTestFinished(() => ledger.close());
  // The thread cannot get at the database meanwhile.
  const other = new Sqlite(join(dataDir, 'relay.db'));
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  const change = ledger.database.run([{ sql: "INSERT INTO settings VALUES ('a', '1')" }]);
  const refused = expect(change).rejects.toMatchObject({ code: 'storage_error' });
  await started.get('writer-worker.ts')?.terminate();
  await refused;
  other.exec('ROLLBACK');
});

it('bodies that were lost with the writer thread are counted as dropped, and leave room for others', async () => {
  const dataDir = tempFolder();
  let asked = 0;
  // What was counted before is stale each time.
  const clock = { now: () => 1_800_000_000_000, monotonic: () => (asked += 60_000) };
  const ledger = await openLedger({ dataDir, clock });
  onTestFinished(() => ledger.close());
  /** More than half of what may wait. */
  const keepLarge = (callId: string): void => {
    const [large, none] = [17 * 1024 * 1024, 0].map((bytes) => ({ head: new Uint8Array(bytes).fill(0x61), bytes }));
    const request = { headers: {}, body: large! };
    const answer = { status: 200, headers: {}, body: none! };
    ledger.keepBodies({ callId, at: 1, request, sent: [], upstream: null, answer });
  };
  const dropped = async () => (await ledger.kept()).bodies.dropped;
  const other = new Sqlite(join(dataDir, 'relay.db'));
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  keepLarge('call_1');
  keepLarge('call_2');
  const seen = [await dropped()];
  await started.get('writer-worker.ts')?.terminate();
  seen.push(await dropped());
  other.exec('ROLLBACK');
  const change = { sql: 'DELETE FROM settings' };
  await expect
    .poll(() =>
      ledger.database.run([change]).then(
        () => 'done',
        () => 'refused',
      ),
    )
    .toBe('done');
  keepLarge('call_3');
  seen.push(await dropped());
  keepLarge('call_4');
  seen.push(await dropped());
  expect(seen).toEqual([1, 2, 2, 3]);
});

it('a lost reader thread fails the question at hand and is replaced by the next one', async () => {
  const ledger = await openLedger({ dataDir: tempFolder(), clock: systemClock });
  onTestFinished(() => ledger.close());
  const asked = ledger.database.all('SELECT 1 AS one').then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
  await started.get('reader-worker.ts')?.terminate();
  expect(['answered', 'storage_error']).toContain(await asked);
  expect(await ledger.database.all('SELECT 2 AS two')).toEqual([{ two: 2 }]);
});
