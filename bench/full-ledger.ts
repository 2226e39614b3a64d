import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { endProcess, nextMessage, startScript } from './child-process.ts';
import { smallBody } from './figures/requests.ts';
import { throughputValues } from './figures/throughput.ts';
import { listeningMessage } from './listening-message.ts';
import { startLoadClient } from './load-client.ts';
import { assignCores } from './machine.ts';
import { median } from './summary.ts';
import { relay } from './targets/relay.ts';

/**
 * P8 and the half of P11 that is about the ledger: how long Relay takes from its start to the first call that it has served, and what CPU a
 * short call costs, with an empty ledger and with a full one beside it in the same rounds. The full one is what `npm run bench:ledger` made;
 * accounts, a key and the calls of this run are added to it.
 *
 *     node bench/full-ledger.ts [--dir .cache/ledger-5000000] [--rounds 5]
 */
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: join(import.meta.dirname, '..', '.cache', 'ledger-5000000') },
    rounds: { type: 'string', default: '5' },
  },
});
const full = resolve(values.dir);
if (!existsSync(join(full, 'relay.db'))) {
  throw new Error(`There is no relay.db in ${full}. Make it with: npm run bench:ledger, or name its folder with --dir`);
}

const cores = assignCores();
const folder = mkdtempSync(join(tmpdir(), 'relay-bench-'));
const upstream = startScript(cores?.upstream ?? null, 'upstream.ts');
const { port: upstreamPort } = listeningMessage.parse(await nextMessage(upstream));
const load = await startLoadClient(cores?.load ?? null);
const body = smallBody('responses', { kind: 'short' }, false);
const ledgers = { empty: join(folder, 'empty'), full };

interface Samples {
  readonly startMs: number[];
  readonly cpuPerCall: number[];
}

async function once(dataFolder: string, samples: Samples | null): Promise<void> {
  const startedAt = performance.now();
  const target = await relay.start({ upstreamPort, core: cores?.target ?? null, folder: dataFolder });
  try {
    const answer = await fetch(`http://127.0.0.1:${target.port}/v1/responses`, {
      method: 'POST',
      headers: { ...target.headers, 'content-type': 'application/json' },
      body,
    });
    if (!answer.ok) throw new Error(`The first call was answered ${answer.status}: ${await answer.text()}`);
    await answer.text();
    samples?.startMs.push(performance.now() - startedAt);
    if (samples === null) return;
    const to = { port: target.port, path: '/v1/responses', headers: target.headers };
    const watched = { target: target.pid, upstream: upstream.pid ?? 0, cores: null };
    const job = { kind: 'closed-loop', to, body, clients: 32, marks: 0 } as const;
    await load.run({ ...job, durationMs: 1_000 }, watched);
    const { cpuPerCall } = throughputValues(await load.run({ ...job, durationMs: 2_000 }, watched));
    if (cpuPerCall !== undefined && cpuPerCall !== null) samples.cpuPerCall.push(cpuPerCall);
  } finally {
    await target.stop();
  }
}

try {
  const results = new Map<string, Samples>();
  // The first start in a folder adds accounts and a key: not what is measured.
  for (const place of Object.values(ledgers)) await once(place, null);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, place] of Object.entries(ledgers)) {
      const samples = results.get(name) ?? { startMs: [], cpuPerCall: [] };
      results.set(name, samples);
      await once(place, samples);
    }
  }
  const shown = (numbers: readonly number[], unit: string): string =>
    `${median([...numbers]).toFixed(0)} ${unit} (${Math.min(...numbers).toFixed(0)}-${Math.max(...numbers).toFixed(0)})`;
  for (const [name, { startMs, cpuPerCall }] of results) {
    console.log(
      `${name.padEnd(6)} start to first served call ${shown(startMs, 'ms')}, goal 500 ms; CPU per short call ${shown(cpuPerCall, 'us')}`,
    );
  }
  const [empty, filled] = [results.get('empty')!, results.get('full')!].map(({ cpuPerCall }) =>
    median([...cpuPerCall]),
  );
  console.log(
    `P11: a call costs ${((100 * filled!) / empty! - 100).toFixed(0)} % more with the full ledger, goal +-10 %`,
  );
} finally {
  await load.stop();
  await endProcess(upstream);
  rmSync(folder, { recursive: true, force: true });
}
