import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEncryptedOrigins, type EncryptedOrigins, NOBODY } from '../../../src-main/routing/encrypted-origins.ts';
import { createManualTime, type ManualTime } from '../../support/manual-timers.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';

const DAY = 86_400_000;
const startAt = 1_800_000_000_000;
let database: ReturnType<typeof createMemoryDatabase>;
let time: ManualTime;
beforeEach(() => {
  database = createMemoryDatabase();
  time = createManualTime(startAt);
});
afterEach(() => database.close());

const create = (): EncryptedOrigins =>
  createEncryptedOrigins({
    database,
    clock: time.clock,
    timers: time.timers,
    storageFailed: () => expect.unreachable(),
  });
const restart = async (stopped: EncryptedOrigins): Promise<EncryptedOrigins> => {
  await stopped.stop();
  const next = create();
  await next.load();
  return next;
};
const stored = () => database.all('SELECT digest, account_id, seen_at FROM encrypted_origins ORDER BY digest');

test('who made a piece of encrypted state is known after a restart, and that nobody here did', async () => {
  const origins = create();
  origins.learn('d1', 'a');
  origins.learn('d2', NOBODY);
  origins.learn('d3', 'a');
  origins.learn('d3', 'b');
  const next = await restart(origins);
  expect(['d1', 'd2', 'd3', 'd4'].map(next.of)).toEqual(['a', NOBODY, 'b', null]);
});

test('what nothing asked for in thirty days is forgotten, what is still replayed is not', async () => {
  const origins = create();
  origins.learn('asked', 'a');
  origins.learn('not', 'a');
  for (let day = 0; day < 31; day += 1) {
    time.advance(DAY + 1);
    origins.of('asked');
  }
  const next = await restart(origins);
  next.learn('new', 'b');
  await next.stop();
  expect([next.of('asked'), next.of('not')]).toEqual(['a', null]);
  expect((await stored()).map(({ digest }) => digest)).toEqual(['asked', 'new']);
});

test('a replayed piece costs no write more than once a day', async () => {
  const origins = create();
  origins.learn('d', 'a');
  await origins.stop();
  const first = await stored();
  time.advance(DAY);
  origins.of('d');
  origins.learn('d', 'a');
  expect(time.waiting()).toEqual([]);
  expect(await stored()).toEqual(first);
});

test('at most 30,000 pieces are known: those seen longest ago go, from memory and from the table', async () => {
  const origins = create();
  for (let index = 0; index < 30_001; index += 1) origins.learn(`d${index}`, 'a');
  await origins.stop();
  const rows = await database.all('SELECT count(*) AS count FROM encrypted_origins');
  expect([origins.of('d0'), origins.of('d1'), rows]).toEqual([null, 'a', [{ count: 30_000 }]]);
});
