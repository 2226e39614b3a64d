import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLedger } from '../../../src-main/ledger/ledger.ts';
import { systemClock } from '../../../src-shared/domain/clock.ts';
import { tempFolder } from './temp-folder.ts';

it('a copy that was being sent when Relay was killed is gone after the next start, and nothing else is', async () => {
  const dataDir = tempFolder();
  const logs = join(dataDir, 'logs');
  mkdirSync(logs);
  const copy = 'backup-0b9c0bde-2a3f-4c1d-8e7f-001122334455.db';
  for (const name of [copy, `${copy}.77.part`, 'relay.log', 'backup-of-mine.db']) writeFileSync(join(logs, name), 'x');
  const ledger = await openLedger({ dataDir, clock: systemClock });
  await ledger.close();
  expect(readdirSync(logs).sort()).toEqual(['backup-of-mine.db', 'owner.lock', 'relay.log']);
});
