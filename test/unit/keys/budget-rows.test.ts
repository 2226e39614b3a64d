import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { usedSince } from '../../../src-main/keys/budget-rows.ts';
import { callParams, upsertCall } from '../../../src-main/ledger/call-row.ts';
import type { Database } from '../../../src-main/ledger/database.ts';
import { openDatabase } from '../../../src-main/ledger/open-database.ts';
import { createRetention } from '../../../src-main/ledger/retention.ts';
import { createRollups } from '../../../src-main/ledger/usage/rollups.ts';
import { served } from '../ledger/sample-call.ts';
import { tempFolder } from '../ledger/temp-folder.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 6, 1, 12);

const anyCall = fc.record({
  ago: fc.integer({ min: 0, max: 60 * HOUR }),
  keyId: fc.constantFrom('key_1', 'key_2'),
  project: fc.constantFrom('site', null),
  inputTokens: fc.option(fc.nat({ max: 1_000 })),
  outputTokens: fc.option(fc.nat({ max: 1_000 })),
  costMicroUsd: fc.option(fc.nat({ max: 1_000_000 })),
});

it('what was used stays the same to the token, however many of its calls are let go', async () => {
  const folder = tempFolder();
  let databases = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCall, { maxLength: 30 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 60 * HOUR }),
      async (calls, hoursAgo, keptMs) => {
        databases += 1;
        const { db } = await openDatabase({ path: join(folder, `${databases}.db`), recover: false, now });
        const rollups = createRollups(db);
        const put = db.prepare(upsertCall);
        for (const [index, { ago, ...fields }] of calls.entries()) {
          const call = served(`call_${index}`, { ...fields, spentMicroUsd: fields.costMicroUsd, startedAt: now - ago });
          put.run(...callParams(call));
          rollups.count(null, call);
        }
        rollups.write();
        const database: Database = {
          all: async (sql, params = []) => db.prepare<unknown[], Record<string, unknown>>(sql).all(...params),
          run: async () => undefined,
        };
        const read = async () => {
          const used: unknown[] = [];
          for (const subject of [['key', 'key_1'] as const, ['project', 'site'] as const]) {
            for (const unit of ['cost', 'spent', 'tokens'] as const) {
              used.push(
                await usedSince(database, { scope: subject[0], subject: subject[1], unit }, now - hoursAgo * HOUR, []),
              );
            }
          }
          return used;
        };
        const before = await read();
        const retention = createRetention(db, { now: () => now, monotonic: () => 0 });
        const never = Number.MAX_SAFE_INTEGER;
        retention.limit({
          ...{ callsMs: keptMs, bytes: never, decisionsMs: never, bodiesMs: never, bodiesBytes: never, redact: [] },
        });
        while (retention.step());
        expect(await read()).toEqual(before);
        db.close();
      },
    ),
    { numRuns: 40 },
  );
});
