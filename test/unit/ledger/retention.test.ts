import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { callParams, upsertCall } from '../../../src-main/ledger/call-row.ts';
import { openDatabase } from '../../../src-main/ledger/open-database.ts';
import { createRetention, type Retention, type RetentionLimits } from '../../../src-main/ledger/retention.ts';
import { createRollups } from '../../../src-main/ledger/usage/rollups.ts';
import { readUsage } from '../../../src-main/ledger/usage/usage-query.ts';
import { usageQuerySchema } from '../../../src-shared/contract/usage.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { served } from './sample-call.ts';
import { tempFolder } from './temp-folder.ts';

const DAY = 86_400_000;
const startAt = Date.UTC(2026, 5, 30, 12);

const unlimited: RetentionLimits = {
  callsMs: 1_000 * DAY,
  decisionsMs: 1_000 * DAY,
  bytes: Number.MAX_SAFE_INTEGER,
  bodiesMs: 1_000 * DAY,
  bodiesBytes: Number.MAX_SAFE_INTEGER,
  redact: [],
};

/** A database with one call every six hours, each with a decision of `weight` characters and bodies, counted in the sums. */
async function filled(calls: number, weight = 10) {
  const { db } = await openDatabase({ path: join(tempFolder(), 'relay.db'), recover: false, now: startAt });
  onTestFinished(() => void db.close());
  const clock = createManualClock(startAt);
  const rollups = createRollups(db);
  const put = db.prepare(upsertCall);
  const explain = db.prepare('INSERT INTO decisions VALUES (?, ?)');
  const keep = db.prepare('INSERT INTO bodies VALUES (?, ?, ?, ?)');
  db.transaction(() => {
    for (let n = 0; n < calls; n += 1) {
      const id = `call_${String(n).padStart(5, '0')}`;
      const call = served(id, { startedAt: startAt - (calls - n) * (DAY / 4) });
      put.run(...callParams(call));
      explain.run(id, JSON.stringify('d'.repeat(weight)));
      keep.run(id, call.startedAt, 100, '{}');
      rollups.count(null, call);
    }
    rollups.write();
  })();
  const retention = createRetention(db, { now: clock.now, monotonic: clock.monotonic });
  return { db, clock, retention };
}

function run(retention: Retention): number {
  let steps = 0;
  while (retention.step()) steps += 1;
  return steps;
}

const count = (db: Sqlite.Database, table: string): unknown =>
  db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
const oldestOf = (db: Sqlite.Database): unknown => db.prepare('SELECT min(started_at) FROM calls').pluck().get();
const totals = (db: Sqlite.Database) =>
  readUsage(db, usageQuerySchema.parse({ from: 0, to: startAt + DAY, by: 'model' }), {
    now: startAt,
    timeZone: 'UTC',
  }).totals;

it('lets go of calls that are too old with all that belongs to them, and keeps their sums', async () => {
  const { db, retention } = await filled(400);
  const before = totals(db);
  retention.limit({ ...unlimited, callsMs: 30 * DAY });
  run(retention);
  expect([count(db, 'calls'), count(db, 'decisions'), count(db, 'bodies'), oldestOf(db), totals(db)]).toEqual([
    120,
    120,
    120,
    startAt - 30 * DAY,
    before,
  ]);
});

it('nothing goes before it is said how much is kept, and nothing that is young enough', async () => {
  const { db, retention } = await filled(40);
  const steps = [run(retention)];
  retention.limit(unlimited);
  steps.push(run(retention));
  expect([steps, count(db, 'calls')]).toEqual([[0, 0], 40]);
});

it('goes on as time passes: what becomes too old goes within a minute', async () => {
  const { db, clock, retention } = await filled(40);
  retention.limit({ ...unlimited, callsMs: 10 * DAY });
  run(retention);
  const first = count(db, 'calls');
  clock.advance(DAY);
  run(retention);
  expect([first, count(db, 'calls')]).toEqual([40, 36]);
});

it('a call that still runs stays, however old it is', async () => {
  const { db, retention } = await filled(40);
  db.prepare("UPDATE calls SET status = 'inflight' WHERE id = 'call_00003'").run();
  retention.limit({ ...unlimited, callsMs: DAY });
  run(retention);
  expect(db.prepare('SELECT id FROM calls ORDER BY started_at').pluck().all()).toEqual([
    'call_00003',
    'call_00036',
    'call_00037',
    'call_00038',
    'call_00039',
  ]);
});

it('decisions go sooner than their calls, once each', async () => {
  const { db, clock, retention } = await filled(400);
  retention.limit({ ...unlimited, decisionsMs: 10 * DAY });
  run(retention);
  const left = [count(db, 'calls'), count(db, 'decisions')];
  clock.advance(2 * DAY);
  run(retention);
  expect([left, count(db, 'calls'), count(db, 'decisions')]).toEqual([[400, 40], 400, 32]);
});

it('the oldest calls go until the log is small enough, and the file gives the room back', async () => {
  const { db, retention } = await filled(2_000, 8_000);
  const pages = (): number => Number(db.pragma('page_count', { simple: true }));
  const bytes = 8 * 1024 * 1024;
  const before = pages() * 4_096;
  const sums = totals(db);
  retention.limit({ ...unlimited, bytes });
  run(retention);
  const used = (pages() - Number(db.pragma('freelist_count', { simple: true }))) * 4_096;
  expect(before).toBeGreaterThan(16 * 1024 * 1024);
  expect(used).toBeLessThanOrEqual(bytes + 800 * 1024);
  expect(used, 'no more goes than must').toBeGreaterThan(bytes - 1024 * 1024);
  expect(pages() * 4_096, 'but for the pages that the next calls need').toBeLessThanOrEqual(used + 1_025 * 4_096);
  expect(db.prepare('SELECT max(id) FROM calls').pluck().get(), 'the newest are there').toBe('call_01999');
  expect(totals(db)).toEqual(sums);
});

it('for its size alone no call of the last hour goes', async () => {
  const { db, clock, retention } = await filled(40);
  clock.jump(-DAY / 4 + 1_000);
  retention.limit({ ...unlimited, bytes: 1 });
  run(retention);
  expect(db.prepare('SELECT id FROM calls').pluck().all()).toEqual(['call_00039']);
});

it('bodies go by their own age and by their own sum, without their calls', async () => {
  const { db, retention } = await filled(40);
  retention.limit({ ...unlimited, bodiesMs: 5 * DAY });
  run(retention);
  const byAge = count(db, 'bodies');
  retention.limit({ ...unlimited, bodiesBytes: 750 });
  run(retention);
  expect([byAge, db.prepare('SELECT call_id FROM bodies ORDER BY at').pluck().all(), count(db, 'calls')]).toEqual([
    20,
    ['call_00033', 'call_00034', 'call_00035', 'call_00036', 'call_00037', 'call_00038', 'call_00039'],
    40,
  ]);
});

it('a slow disk gets smaller batches: the next one is half as large', async () => {
  const { db, clock } = await filled(400);
  const sizes: number[] = [];
  let last = Number(count(db, 'calls'));
  // Every look at the time costs 30 ms: each batch takes too long.
  const retention = createRetention(db, {
    now: clock.now,
    monotonic: () => {
      clock.advance(30);
      return clock.monotonic();
    },
  });
  retention.limit({ ...unlimited, callsMs: 0 });
  while (retention.step()) {
    const left = Number(count(db, 'calls'));
    if (left < last) sizes.push(last - left);
    last = left;
  }
  expect(sizes.slice(0, 5)).toEqual([64, 32, 16, 8, 8]);
  expect(last).toBe(0);
});

it('knows of a replayed call whether it was let go, and trusts no mark from the future', async () => {
  const { db, clock, retention } = await filled(40);
  retention.limit({ ...unlimited, callsMs: DAY });
  run(retention);
  const again = createRetention(db, { now: clock.now, monotonic: clock.monotonic });
  const asked = (at: number): boolean[] => [retention.isLetGo(at), again.isLetGo(at)];
  const found = [asked(startAt - 2 * DAY), asked(startAt - DAY / 2)];
  clock.jump(-30 * DAY);
  expect([found, asked(startAt - 2 * DAY)]).toEqual([
    [
      [true, true],
      [false, false],
    ],
    [false, false],
  ]);
});
