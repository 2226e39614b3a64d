import type { Command } from 'commander';
import type { DoctorReport, Finding } from '../../src-shared/contract/doctor.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { reportOf } from '../doctor/doctor.ts';
import { found } from '../doctor/found.ts';
import { checkMachine } from '../doctor/machine-checks.ts';
import { findRunning, withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import { dataDirOf, type Terminal } from './terminal.ts';

export function doctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('look at everything that Relay and its clients need, and say how to mend what is broken')
    .option('--json', 'print the report as JSON')
    .action(async ({ json }: { json?: true }) => {
      const report = await examine(terminal);
      if (json) terminal.print(JSON.stringify(report));
      else for (const finding of report.findings) printFinding(terminal, finding);
      const broken = report.findings.filter(({ state }) => state === 'broken').length;
      if (broken > 0) throw new Refused(broken === 1 ? 'One thing is broken.' : `${broken} things are broken.`);
      if (!json) terminal.note('Nothing is broken.');
    });
}

/** By the Relay that runs; else in the data folder itself, as far as it can be opened. */
async function examine(terminal: Terminal): Promise<DoctorReport> {
  const dataDir = dataDirOf(terminal);
  const { port } = terminal.environment();
  const running = await findRunning(dataDir).catch(() => null);
  const report = await running?.doctor().catch(() => null);
  if (report) return report;
  const machine = await checkMachine({ dataDir, port, url: '' });
  const folder = machine.find(({ check }) => check === 'data-folder');
  const isHeld = running !== null;
  // A folder that cannot be used, or is not there yet, is not touched.
  if (isHeld || folder?.state === 'broken' || folder?.fix === 'relay serve')
    return reportOf(machine, terminal.now(), false);
  try {
    return await withRelay(terminal, (relay) => relay.doctor());
  } catch (error) {
    return reportOf([...machine, startFinding(error)], terminal.now(), false);
  }
}

function startFinding(error: unknown): Finding {
  if (!(error instanceof RelayError)) throw error;
  const isSecret = error.code !== 'storage_error';
  return found.broken(isSecret ? 'secrets' : 'database', error.message, null);
}

const marks = { ok: 'ok      ', warning: 'warning ', broken: 'BROKEN  ' } as const;

function printFinding(terminal: Terminal, { state, sentence, fix }: Finding): void {
  terminal.print(`${marks[state]} ${sentence}`);
  if (fix !== null) terminal.print(`          ${fix}`);
}
