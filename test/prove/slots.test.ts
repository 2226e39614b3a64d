import { afterEach, expect, test, vi } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import { rawCall } from '../support/raw-call.ts';
import type { RelayScene } from '../support/relay-scene.ts';
import { amount, figure, inLanes, percentile, seededRandom } from './proving.ts';
import { startScene } from './relay-scene.ts';

let scene: RelayScene;
afterEach(() => scene.stop());

/** One call; what becomes of it does not matter here. */
function call(text: string, stream: boolean, chat: boolean, signal?: AbortSignal): Promise<unknown> {
  return rawCall(scene.url, {
    path: chat ? '/v1/chat/completions' : '/v1/responses',
    headers: { authorization: `Bearer ${scene.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-5.5',
      stream,
      ...(chat ? { messages: [{ role: 'user', content: text }] } : { input: text }),
    }),
    ...(signal === undefined ? {} : { signal }),
  }).catch(() => null);
}

const failures: readonly ScriptEntry[] = [
  { kind: 'status', status: 500 },
  { kind: 'cut', at: 'before-headers', how: 'reset' },
  { kind: 'cut', at: 'deltas', afterDeltas: 2, how: 'fin' },
  { kind: 'no-terminal' },
  { kind: 'empty-200' },
  { kind: 'pace', perEventMs: 5 },
];

interface InFlight {
  readonly accounts: readonly number[];
  readonly keys: readonly number[];
  readonly upstream: number;
}

async function inFlight(): Promise<InFlight> {
  const { accounts } = await scene.api<{ accounts: { inFlight: number }[] }>('GET', '/api/accounts');
  const { use } = await scene.api<{ use: Record<string, { inFlight: number }> }>('GET', '/api/keys/use');
  return {
    accounts: accounts.map((account) => account.inFlight),
    keys: Object.values(use).map((each) => each.inFlight),
    upstream: scene.simulator.journal.filter(({ outcome }) => outcome === 'pending').length,
  };
}

test('G7: after 10,000 calls that end in every way, each place is free again', async () => {
  const count = amount('RELAY_SLOT_CALLS', 10_000);
  scene = await startScene({
    accounts: ['a', 'b', 'c'].map((name) => ({ name, kind: 'chatgpt' as const })),
    settings: { 'breaker.openMs': 100, 'cooldown.minMs': 100 },
  });
  const { keys } = await scene.api<{ keys: { id: string }[] }>('GET', '/api/keys');
  // What a key uses is told of keys with limits.
  await scene.api('PATCH', `/api/keys/${keys[0]?.id}`, { concurrency: 1_000 });
  const random = seededRandom(3);
  let given = 0;
  await inLanes(
    (index) => index < count,
    32,
    async (index) => {
      if (index % 5 === 0) {
        const fault = failures[Math.floor(random() * failures.length)] ?? null;
        scene.simulator.account('abc'[index % 3]!).script(fault);
      }
      const leaving = new AbortController();
      const timer = random() < 0.3 ? setTimeout(() => leaving.abort(), random() * 12) : undefined;
      if (timer !== undefined) given += 1;
      await call(`sim:tokens ${1 + (index % 40)}`, index % 3 !== 0, index % 2 === 0, leaving.signal);
      clearTimeout(timer);
    },
  );
  const free: InFlight = { accounts: [0, 0, 0], keys: [0], upstream: 0 };
  await vi.waitFor(async () => expect(await inFlight()).toEqual(free), { timeout: 10_000, interval: 50 });
  const { calls } = await scene.api<{ calls: { status: string }[] }>('GET', '/api/calls?status=inflight');
  figure(
    'G7 slots',
    '0 slots leaked in 10,000 mixed requests',
    `0 in ${count}, of which ${given} clients left on the way`,
  );
  expect(calls).toEqual([]);
});

test('G7: a client that leaves takes its upstream with it', async () => {
  const count = amount('RELAY_CANCEL_CALLS', 500);
  scene = await startScene({ accounts: [{ name: 'a', kind: 'chatgpt' }], journalLimit: count * 2 });
  scene.simulator.account('a').always({ kind: 'silence', at: 'deltas', afterDeltas: 2 });
  const delays: number[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    const leaving = new AbortController();
    const answer = await fetch(`${scene.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:tokens 20', stream: true }),
      signal: leaving.signal,
    });
    await answer.body?.getReader().read();
    const record = scene.simulator.modelRequests().at(-1);
    const leftAt = Date.now();
    leaving.abort();
    await vi.waitFor(() => expect(record?.settledAt).toEqual(expect.any(Number)), { timeout: 10_000, interval: 1 });
    delays.push((record?.settledAt ?? Number.NaN) - leftAt);
  }
  figure(
    'G7 cancel',
    'client gone -> upstream closed, p99 at most 100 ms',
    `p50 ${percentile(delays, 0.5)} ms, p99 ${percentile(delays, 0.99)} ms of ${delays.length}`,
  );
  expect(delays.length).toBe(count);
});
