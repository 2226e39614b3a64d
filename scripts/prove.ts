import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * `npm run prove -- kill soak`: what takes longer than `npm test` may, in parts that can be named; without a name all of them run. A part is
 * made shorter by the variable that its line names. RELAY_FIGURES names a file that gets what was measured, one JSON line each.
 */
interface Part {
  readonly project: 'node' | 'prove';
  readonly files: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

const prove = (...names: readonly string[]): Part => ({
  project: 'prove',
  files: names.map((name) => `test/prove/${name}.test.ts`),
});

const parts: Readonly<Record<string, Part>> = {
  /** kill -9 at random points, 100 times: no call lost, doubled or wrong, and no login's only token sent twice (G2, G6). */
  kill: {
    project: 'node',
    files: ['test/integration/ledger-kill.test.ts', 'test/integration/refresh-kill.test.ts'],
    env: { RELAY_KILL_ROUNDS: '100' },
  },
  /**
   * Another program's lock, a full disk, every older schema, a kill at each statement of a migration (G14); a power cut, and a long log
   * (S-10 to S-12): RELAY_LOG_ROWS.
   */
  storage: {
    project: 'node',
    files: [
      'test/integration/ledger-lock.test.ts',
      'test/integration/ledger-full-disk.test.ts',
      'test/unit/ledger/migrations.test.ts',
      'test/unit/ledger/open-database.test.ts',
      'test/faults/storage.test.ts',
    ],
    env: { RELAY_LOG_ROWS: '1000000' },
  },
  /** 150 s with 20 % faults, an account that is dead in twelve ways, 5 % faults everywhere (G3, G4): RELAY_SOAK_SECONDS, RELAY_SOAK_CALLS. */
  soak: prove('soak'),
  /** 10,000 calls that end in every way, clients that leave (G7): RELAY_SLOT_CALLS, RELAY_CANCEL_CALLS. */
  slots: prove('slots'),
  /** 100 bursts on a limit, 1,000 calls on an expired token (G11, G6): RELAY_BURSTS, RELAY_WAITING_CALLS. */
  bursts: prove('bursts'),
  /**
   * Requests made after the OpenAPI document: RELAY_FUZZ_REQUESTS, RELAY_FUZZ_SEED. A million mutations through both translators, of logins'
   * files and of settings: RELAY_MUTATIONS.
   */
  fuzz: prove('fuzz', 'mutations'),
  /**
   * Clients that stop reading, read 1 KiB a second, never finish what they send, or come all at once (G8, G12, C-08, C-17, C-23):
   * RELAY_STALLED_READERS, RELAY_SLOW_READERS, RELAY_SLOW_SECONDS, RELAY_HALF_OPEN, RELAY_CROWD.
   */
  readers: prove('readers'),
  /** Memory over 100,000 calls (G9): RELAY_MEMORY_CALLS. */
  memory: prove('memory'),
  /** SIGTERM with 20 streams, 50 rounds (G15): RELAY_STOP_ROUNDS. */
  stop: prove('stop'),
};

/** Planted defects (G19), an hour or more: scripts/defects.ts says how to run a part of it. */
const DEFECTS = 'defects';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => name !== DEFECTS && !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  const known = [...Object.keys(parts), DEFECTS].join(', ');
  console.error(`There is nothing named ${unknown.join(', ')} to prove. There are: ${known}.`);
  process.exit(2);
}
for (const name of wanted.length === 0 ? [...Object.keys(parts), DEFECTS] : wanted) {
  console.log(`\n== ${name}`);
  const part = parts[name];
  const passed =
    part === undefined
      ? run(process.execPath, [join(import.meta.dirname, 'defects.ts')])
      : run('vitest', ['run', '--project', part.project, '--maxWorkers', '1', ...part.files], part.env);
  if (!passed) process.exit(1);
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  const shell = process.platform === 'win32';
  return spawnSync(command, args, { stdio: 'inherit', shell, env: { ...env, ...process.env } }).status === 0;
}
