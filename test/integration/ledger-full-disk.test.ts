import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openLedger } from '../../src-main/ledger/ledger.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { begun, served } from '../unit/ledger/sample-call.ts';
import { tempFolder } from '../unit/ledger/temp-folder.ts';

/** A file system of 8 MiB, or `null` where this user may not mount one. */
function smallFileSystem(): string | null {
  const folder = tempFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
  });
  return folder;
}

it('on a file system that is really full all calls go on, and all of them are in once there is space', async (context) => {
  const dataDir = smallFileSystem();
  if (dataDir === null) {
    context.skip('mounting a tmpfs needs root');
    return;
  }
  const told = Promise.withResolvers<string>();
  const ledger = await openLedger({ dataDir, clock: systemClock, onNotice: told.resolve });
  onTestFinished(() => ledger.close());
  const ballast = join(dataDir, 'ballast');
  writeFileSync(ballast, Buffer.alloc(5 * 1024 * 1024));
  const ids = Array.from({ length: 6_000 }, (_, n) => `call_${10_000 + n}`);
  for (const id of ids) {
    ledger.begin(begun(id));
    ledger.settle(served(id));
  }
  expect(await told.promise).toMatch(/^Calls go on but cannot be written down: /);
  expect(ledger.state()).toMatchObject({ state: 'degraded', dropped: 0 });
  rmSync(ballast);
  execFileSync('mount', ['-o', 'remount,size=64m', dataDir]);
  await ledger.flush();
  expect(
    await ledger.database.all("SELECT count(*) AS n, min(id) AS first, max(id) AS last FROM calls WHERE status = 'ok'"),
  ).toEqual([{ n: ids.length, first: ids[0], last: ids.at(-1) }]);
  expect(ledger.state()).toEqual({ state: 'ok', reason: null, dropped: 0 });
}, 60_000);
