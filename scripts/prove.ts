import { spawnSync } from 'node:child_process';

/**
 * `npm run prove -- kill`: what `npm test` shows in a few rounds, in as many as the promise names. Without a name all parts
 * run; RELAY_KILL_ROUNDS=N changes how many rounds.
 */
const parts: Readonly<Record<string, { readonly files: readonly string[]; readonly env: NodeJS.ProcessEnv }>> = {
  /** kill -9 at random points, 100 times: no call lost, doubled or wrong, and no login's only token sent twice. */
  kill: {
    files: ['test/integration/ledger-kill.test.ts', 'test/integration/refresh-kill.test.ts'],
    env: { RELAY_KILL_ROUNDS: '100' },
  },
  /** Another program's lock, a full disk, every older schema, a kill at each statement of a migration. */
  storage: {
    files: [
      'test/integration/ledger-lock.test.ts',
      'test/integration/ledger-full-disk.test.ts',
      'test/unit/ledger/migrations.test.ts',
      'test/unit/ledger/open-database.test.ts',
    ],
    env: {},
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is nothing named ${unknown.join(', ')} to prove. There are: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
for (const name of wanted.length === 0 ? Object.keys(parts) : wanted) {
  const { files, env } = parts[name]!;
  console.log(`\n== ${name}`);
  const { status } = spawnSync('vitest', ['run', '--project', 'node', ...files], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...env, ...process.env },
  });
  if (status !== 0) process.exit(1);
}
