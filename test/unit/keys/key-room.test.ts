import { expect, test } from 'vitest';
import { createSettings } from '../../../src-main/config/settings-store.ts';
import { createKeyRoom } from '../../../src-main/keys/key-room.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { createManualTime } from '../../support/manual-timers.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';

async function room() {
  const { clock, timers } = createManualTime(Date.UTC(2026, 10, 25, 12));
  const database = createMemoryDatabase();
  return createKeyRoom({
    database,
    clock,
    timers,
    randomBytes: createCountingBytes(),
    settings: await createSettings({ database, overrides: {} }),
    timeZone: () => 'UTC',
    room: null,
    written: async () => undefined,
    onMark: () => undefined,
  });
}

test('what is used is told of every key with any limit that can be used, and of no other', async () => {
  const { keys, gate, use } = await room();
  const make = async (name: string, limits: object) => (await keys.create({ name, ...limits })).key.id;
  const ids = {
    requests: await make('requests', { requestsPerMinute: 5 }),
    tokens: await make('tokens', { tokensPerMinute: 1_000 }),
    concurrency: await make('concurrency', { concurrency: 2 }),
    none: await make('none', {}),
    revoked: await make('revoked', { requestsPerMinute: 5 }),
  };
  await keys.revoke(ids.revoked);
  const estimate = { tokens: 100, amounts: { cost: 0, spent: 0, tokens: 100 } };
  for (const id of [ids.requests, ids.tokens, ids.concurrency, ids.none]) {
    await gate.enter(
      keys.identity(id)!,
      () => estimate,
      () => new AbortController().signal,
    );
  }
  const one = { inFlight: 1, waiting: 0, requests: null, tokens: null };
  expect(use()).toEqual({
    [ids.requests]: { ...one, requests: { limit: 5, left: 4 } },
    [ids.tokens]: { ...one, tokens: { limit: 1_000, left: 900 } },
    [ids.concurrency]: one,
  });
});
