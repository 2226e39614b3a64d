import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** Another program that holds the database's write lock until it is let go. */
async function holdLock(path: string) {
  const script = `import Sqlite from 'better-sqlite3';
const db = new Sqlite(process.argv[1]);
db.exec('BEGIN IMMEDIATE');
console.log('held');
process.stdin.resume().on('end', () => { db.exec('COMMIT'); db.close(); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await once(createInterface(child.stdout), 'line');
  return {
    async letGo() {
      child.stdin.end();
      await ended;
    },
  };
}

/**
 * No clock is looked at: the lock goes only after everything that must not wait for it is over. Whatever waited, however short,
 * would wait for ever.
 */
it('S-02: while another program holds the write lock, calls begin, stream and end; their rows follow when it lets go', async () => {
  running = await startRelay();
  const { relay, url, key, simulator } = running;
  const { dataDir } = relay.status();
  await relay.ledger.flush();
  const stream = async (words: number): Promise<string> => {
    const response = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: `sim:tokens ${words}`, stream: true }),
    });
    return response.text();
  };
  simulator.account('a').latency = { perEventMs: 5 };
  // One runs before the lock is taken and goes on under it.
  const before = stream(60);
  await expect.poll(() => relay.status().callsInFlight, { timeout: 20_000 }).toBe(1);
  const lock = await holdLock(`${dataDir}/relay.db`);
  const texts = await Promise.all([before, ...Array.from({ length: 20 }, () => stream(20))]);
  await expect.poll(() => relay.ledger.state().state, { timeout: 20_000 }).toBe('behind');
  const listed = await running.calls();
  const inDatabase = await relay.ledger.database.all("SELECT count(*) AS n FROM calls WHERE status = 'ok'");
  await lock.letGo();
  await relay.ledger.flush();

  expect(texts.filter((text) => text.includes('event: response.completed')).length).toBe(21);
  expect(
    listed.map(({ status }) => status),
    'all are in the list, ended',
  ).toEqual(Array(21).fill('ok'));
  expect(inDatabase, 'and none in the database').toEqual([{ n: 0 }]);
  expect([
    await relay.ledger.database.all('SELECT count(*) AS n, count(DISTINCT id) AS ids FROM calls'),
    relay.ledger.state(),
  ]).toEqual([[{ n: 21, ids: 21 }], { state: 'ok', reason: null, dropped: 0 }]);
});
