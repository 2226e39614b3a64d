import { openLedger } from '../../src-main/ledger/ledger.ts';
import { callFilterSchema } from '../../src-shared/contract/call.ts';
import { usageQuerySchema } from '../../src-shared/contract/usage.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { createSamples } from '../load/percentiles.ts';
import { createTraffic } from './traffic.ts';

const CALLS = 1_000;
const EVERY_MS = 5;

/** What writing a call down takes the main thread, with nothing else going on and while one long question after the other is answered. */
export async function measureInserts(dataDir: string): Promise<void> {
  const ledger = await openLedger({ dataDir, clock: systemClock });
  const traffic = createTraffic(CALLS * 2, Date.now(), Date.now());
  let written = 0;
  const insert = async (): Promise<ReturnType<ReturnType<typeof createSamples>['percentiles']>> => {
    const samples = createSamples();
    for (let index = 0; index < CALLS; index += 1) {
      const call = { ...traffic.call(written), startedAt: Date.now() };
      written += 1;
      const startedAt = performance.now();
      ledger.begin({ ...call, status: 'inflight' });
      ledger.settle(call);
      samples.add((performance.now() - startedAt) * 1_000);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return samples.percentiles();
  };
  const alone = await insert();
  const asking = { on: true, asked: 0 };
  const ask = async (): Promise<void> => {
    const year = { from: Date.now() - 365 * 86_400_000, to: Date.now(), grain: 'day', by: 'account,model' };
    while (asking.on) {
      await ledger.usage(usageQuerySchema.parse(year), 'UTC');
      await ledger.calls({ ...callFilterSchema.parse({ text: 'nowhere' }), limit: 50 });
      asking.asked += 2;
    }
  };
  const questions = ask();
  const beside = await insert();
  asking.on = false;
  await questions;
  const shown = (samples: typeof alone): string =>
    samples === null
      ? 'nothing'
      : `p50 ${samples.p50.toFixed(0)} us, p99 ${samples.p99.toFixed(0)} us, max ${(samples.max / 1_000).toFixed(1)} ms`;
  console.log(`\nwriting a call down, alone:                ${shown(alone)}`);
  console.log(`writing a call down, beside ${String(asking.asked).padStart(4)} questions: ${shown(beside)}`);
  await ledger.close();
}
