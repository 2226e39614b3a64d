import { openSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openLedger } from '../../src-main/ledger/ledger.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { begunCall, decisionsOf, settledCall } from './ledger-story.ts';

// Logs calls without end and notes in a file what the ledger has promised to keep; the test kills it somewhere in between.
const [dataDir, run, notes] = process.argv.slice(2);
if (dataDir === undefined || run === undefined || notes === undefined) throw new Error('DATADIR RUN NOTES are needed');

const file = openSync(notes, 'a');
/** In the file when it returns, whatever happens to the process; stdout only tells the test how far it is. */
const say = (line: string): void => {
  writeSync(file, `${line}\n`);
  process.stdout.write('.\n');
};

say('starting');
const ledger = await openLedger({ dataDir, clock: systemClock });
const running: number[] = [];
for (let n = 0; ; n += 1) {
  ledger.begin(begunCall(run, n));
  say(`begun ${n}`);
  running.push(n);
  const done = running.length > 5 ? running.splice((n * 7) % 6, 1)[0] : undefined;
  if (done !== undefined) {
    const decisions = decisionsOf(run, done).map((decision) => JSON.stringify(decision));
    ledger.settle(settledCall(run, done), decisions);
    say(`settled ${done}`);
  }
  if (n % 3 === 0) await nextTurn();
}
