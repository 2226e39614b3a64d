import { afterEach, expect, test, vi } from 'vitest';
import type { RelayScene } from '../support/relay-scene.ts';
import { amount, figure } from './proving.ts';
import { startScene } from './relay-scene.ts';

let scene: RelayScene;
afterEach(() => scene.stop());

const STREAMS = 20;

/** A stream that has begun; resolves with its whole text. */
async function openStream(): Promise<{ readonly text: Promise<string> }> {
  const answer = await fetch(`${scene.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scene.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:tokens 40', stream: true }),
  });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const first = await reader.read();
  const rest = async (): Promise<string> => {
    let text = first.value ?? '';
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) text += chunk.value;
    return text;
  };
  return { text: rest().catch((error: Error) => `cut: ${error.message}`) };
}

test('G15: SIGTERM with 20 streams: each is finished, each row is final, and Relay ends by itself', {
  timeout: 1_800_000,
}, async () => {
  const rounds = amount('RELAY_STOP_ROUNDS', 50);
  scene = await startScene({
    accounts: ['a', 'b'].map((name) => ({ name, kind: 'openai' as const, latency: { perEventMs: 5 } })),
  });
  let complete = 0;
  for (let round = 0; round < rounds; round += 1) {
    const streams = await Promise.all(Array.from({ length: STREAMS }, openStream));
    const texts = Promise.all(streams.map(({ text }) => text));
    scene.process.kill('SIGTERM');
    complete += (await texts).filter((text) => text.includes('event: response.completed')).length;
    expect([round, await scene.process.ended]).toEqual([round, 0]);
    await scene.start();
  }
  const { calls } = await scene.api<{ calls: unknown[] }>('GET', '/api/calls?status=inflight');
  const stored = async (): Promise<number> => {
    const { totals } = await scene.api<{ totals: { calls: number } }>('GET', '/api/usage');
    return totals.calls;
  };
  await vi.waitFor(async () => expect(await stored()).toBe(STREAMS * rounds), { timeout: 10_000, interval: 100 });
  figure(
    'G15',
    'SIGTERM with 20 streams, 50 rounds: 20/20 complete, exit 0, 0 rows in flight',
    `${complete} of ${STREAMS * rounds} complete in ${rounds} rounds, exit 0 each time, ${calls.length} rows in flight`,
  );
  expect([complete, calls]).toEqual([STREAMS * rounds, []]);
});
