import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { tempFolder } from '../unit/ledger/temp-folder.ts';

const rounds = Number(process.env['RELAY_KILL_ROUNDS'] ?? 20);
const child = fileURLToPath(new URL('./refresh-child.ts', import.meta.url));

/** How long after the service has the request the process is killed: before the rotation, between it and the store, after that. */
const killAfterMs = (round: number): number => ((round * 7) % 23) * 4;
/** How long the service thinks before it rotates. */
const THINKS_MS = 3;

const tokensSent = ({ journal }: Simulator): unknown[] =>
  journal
    .filter(({ path }) => path === '/oauth/token')
    .map(({ body }) => (body as { refresh_token: unknown }).refresh_token);

/** What the child said until it ended, or was killed so long after its first token exchange. */
async function run(simulator: Simulator, issuer: string, dataDir: string, killMs: number | null): Promise<string[]> {
  const ann = simulator.account('ann');
  ann.tokens.issue();
  ann.script({ kind: 'silence', at: 'before-headers', ms: THINKS_MS, when: { endpoint: 'token' } });
  const before = tokensSent(simulator).length;
  const running = spawn(process.execPath, [child, dataDir, issuer, ann.authJson()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(running, 'exit');
  const said: string[] = [];
  createInterface({ input: running.stdout }).on('line', (line) => said.push(line));
  if (killMs !== null) {
    while (tokensSent(simulator).length === before && running.exitCode === null) await wait(1);
    await wait(killMs);
    running.kill('SIGKILL');
  }
  await ended;
  return said;
}

it(`${rounds} times kill -9 around a refresh: no refresh token is sent twice, and a login that may be lost says so`, {
  timeout: rounds * 15_000,
}, async () => {
  // Every token has ended as soon as it is there, so that each process has to renew its login.
  const simulator = createSimulator({
    clock: systemClock,
    accounts: [{ name: 'ann', kind: 'chatgpt' }],
    accessTokenTtlMs: 0,
  });
  const { issuer } = await simulator.start();
  onTestFinished(() => simulator.stop());
  const dataDir = tempFolder();
  const said: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    said.push(...(await run(simulator, issuer, dataDir, killAfterMs(round))));
  }
  const last = await run(simulator, issuer, dataDir, null);

  const sent = tokensSent(simulator);
  expect(new Set(sent).size).toBe(sent.length);
  expect(sent.length).toBeGreaterThanOrEqual(rounds);
  expect(last.at(-1)).toBe(`served Bearer ${simulator.account('ann').accessToken()}`);
  const refusals = new Set([...said, ...last].filter((line) => line.startsWith('refused')));
  const interrupted =
    'refused Relay was stopped while this login was being renewed and never saw the answer. A refresh token works only once, so it is not sent again. Sign in again.';
  expect([...refusals].filter((line) => line !== interrupted)).toEqual([]);
});
