import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, nextMessage, startScript } from './child-process.ts';
import { figures, notMeasured } from './figures/figures.ts';
import { createLineUp } from './line-up.ts';
import { listeningMessage } from './listening-message.ts';
import { startLoadClient } from './load-client.ts';
import { assignCores, describeMachine, nginxVersion, revision } from './machine.ts';
import { measureFigure } from './measure-figure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { writeResult } from './result-file.ts';
import { type FigureSummary, median, summarise } from './summary.ts';
import { figureTable, goalLine } from './table.ts';

const DISTURBED_PERCENT = 15;

async function runBenchmark(options: Options): Promise<void> {
  const startedAt = new Date();
  const cores = assignCores();
  const machine = describeMachine(nginxVersion(), cores);
  const { commit, dirty } = revision();
  console.log(
    `Relay at ${commit}${dirty ? ' with changes' : ''}, Node ${machine.node}, ${machine.cores} x ${machine.cpu}`,
  );
  console.log(
    cores
      ? `Targets on core ${cores.target}, upstream on core ${cores.upstream}, load client on core ${cores.load}.`
      : 'Nothing is pinned to a core here (no taskset, or one core only): read the ratios with care.',
  );

  const folder = mkdtempSync(join(tmpdir(), 'relay-bench-'));
  const stops: (() => Promise<void>)[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => cleanUp().finally(() => process.exit(1)));
  }

  const summaries: FigureSummary[] = [];
  let absent: Record<string, string>;
  try {
    const upstream = startScript(cores?.upstream ?? null, 'upstream.ts');
    stops.push(() => endProcess(upstream));
    const { port: upstreamPort } = listeningMessage.parse(await nextMessage(upstream));
    const load = await startLoadClient(cores?.load ?? null);
    stops.push(load.stop);
    const secondLoad = await startLoadClient(cores?.load ?? null);
    stops.push(secondLoad.stop);
    const lineUp = createLineUp({
      upstreamPort,
      upstreamPid: upstream.pid ?? 0,
      cores,
      folder,
      load,
      secondLoad,
      scale: options.scale,
    });
    stops.push(lineUp.stop);
    absent = await lineUp.start(options.without);
    for (const [target, reason] of Object.entries(absent)) console.log(`Without ${target}: ${reason}.`);
    if (!lineUp.has('nginx')) console.log('With no nginx to compare with, ratios are to the bare pass-through.');

    for (const figure of figures.filter(({ id }) => options.only.includes(id))) {
      const lanes = figure.lanes.filter(({ target }) => lineUp.has(target));
      const measured = await measureFigure(figure, lanes, options.rounds ?? figure.rounds, lineUp.measure);
      const summary = summarise(figure, measured);
      summaries.push(summary);
      console.log(figureTable(summary));
    }
  } finally {
    await cleanUp();
  }

  const otherPrograms = disturbance(summaries);
  const isDisturbed = otherPrograms >= DISTURBED_PERCENT;
  printGoals(summaries);
  if (isDisturbed) {
    console.log(`\nOther programs took ${otherPrograms.toFixed(0)} % of a core meanwhile: do not trust these figures.`);
  }
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  const isWhole = options.only.length === new Set(figures.map(({ id }) => id)).size && options.scale === 1;
  const complete = isWhole && !isDisturbed && Object.keys(absent).length === 0;
  const file = writeResult({
    startedAt,
    seconds,
    revision: { commit, dirty },
    machine,
    otherPrograms,
    isDisturbed,
    absent,
    figures: summaries,
    complete,
  });
  console.log(`\n${seconds} s; written to ${file}`);
}

function printGoals(summaries: FigureSummary[]): void {
  console.log('\nGoals');
  for (const { goals, metrics } of summaries) for (const goal of goals) console.log(`  ${goalLine(goal, metrics)}`);
  const missing = Object.entries(notMeasured).map(([id, what]) => `${id} (${what})`);
  console.log(`  Measured elsewhere: ${missing.join(', ')}`);
}

/** What other programs took of the cores, in percent of one: medians hide a passing disturbance, not a busy machine. */
function disturbance(summaries: FigureSummary[]): number {
  const shares = summaries.flatMap(({ lanes }) => lanes.flatMap(({ values }) => values['othersBusy']?.median ?? []));
  return shares.length === 0 ? 0 : median(shares);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await runBenchmark(options);
  else console.log(USAGE);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
