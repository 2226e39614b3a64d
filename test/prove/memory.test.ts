import { readdirSync } from 'node:fs';
import { Agent } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { processFigures } from '../support/process-figures.ts';
import type { RelayScene } from '../support/relay-scene.ts';
import { amount, figure, inLanes } from './proving.ts';
import { kept, startScene } from './relay-scene.ts';

let scene: RelayScene;
afterEach(() => scene.stop());

const handles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Memory per call by least squares, MiB per 100,000 calls. */
function slope(samples: readonly { calls: number; mib: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(samples.map(({ calls }) => calls));
  const y = mean(samples.map(({ mib }) => mib));
  const over = samples.reduce((sum, { calls, mib }) => sum + (calls - x) * (mib - y), 0);
  const under = samples.reduce((sum, { calls }) => sum + (calls - x) ** 2, 0);
  return (100_000 * over) / under;
}

test.skipIf(process.platform !== 'linux')(
  'G9: memory and handles do not grow with the number of calls',
  {
    timeout: 3_600_000,
  },
  async () => {
    const count = amount('RELAY_MEMORY_CALLS', 100_000);
    scene = await startScene({ accounts: ['a', 'b', 'c'].map((name) => ({ name, kind: 'openai' as const })) });
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const ask = (index: number): Promise<void> =>
      kept(agent, scene, index % 2 === 0 ? '/v1/responses' : '/v1/chat/completions', {
        model: 'gpt-5.5',
        stream: index % 4 < 2,
        ...(index % 2 === 0 ? { input: 'sim:tokens 5' } : { messages: [{ role: 'user', content: 'sim:tokens 5' }] }),
      });
    await inLanes((index) => index < Math.min(2_000, count / 10), 16, ask);
    const handlesBefore = handles(scene.pid);
    const samples: { calls: number; mib: number }[] = [];
    await inLanes(
      (index) => index < count,
      16,
      async (index) => {
        await ask(index);
        if (index % Math.ceil(count / 600) === 0)
          samples.push({ calls: index, mib: processFigures(scene.pid).resident() / 2 ** 20 });
      },
    );
    // The first third warms up: code is compiled, pools and caches fill.
    const later = samples.filter(({ calls }) => calls >= count / 3);
    const peak = Math.max(...samples.map(({ mib }) => mib));
    const handlesAfter = handles(scene.pid);
    figure(
      'G9',
      'memory slope at most 2 MiB per 100,000 calls after warm-up, handles +-2, RSS at most 250 MiB',
      `${slope(later).toFixed(1)} MiB per 100,000 over ${count} calls; handles ${handlesBefore} -> ${handlesAfter}; RSS at most ${peak.toFixed(0)} MiB`,
    );
    agent.destroy();
    expect(samples.length).toBeGreaterThan(100);
  },
);
