import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { rehearsalSchema } from '../../src-shared/contract/rehearsal.ts';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

vi.setConfig({ testTimeout: 180_000 });

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

const stages = () => readdirSync(tmpdir()).filter((name) => name.startsWith('relay-rehearsal-'));

async function rehearsed(settings: Parameters<typeof startRelay>[0]) {
  running = await startRelay(settings);
  const { url, apiToken, relay } = running;
  const headers = { authorization: `Bearer ${apiToken}` };
  const begun = await rawCall(url, { path: '/api/rehearsal', headers });
  const again = await rawCall(url, { path: '/api/rehearsal', headers });
  await relay.rehearsal.ended();
  const shown = await rawCall(url, { method: 'GET', path: '/api/rehearsal', headers });
  return { begun, again, view: rehearsalSchema.parse(JSON.parse(shown.text)), relay: running };
}

test('every scene passes for every kind of client with the settings as they come, and leaves nothing behind', async () => {
  const before = stages();
  const { begun, again, view, relay } = await rehearsed({});
  expect([begun.status, again.status, view.state, view.reason]).toEqual([202, 202, 'done', null]);
  expect(view.results.filter(({ passed }) => !passed)).toEqual([]);
  expect([view.results.length, view.total, await relay.calls(), stages()]).toEqual([50, 50, [], before]);
});

test('the person’s own settings decide: without failover a limit reaches the client, and the list says so', async () => {
  const { view } = await rehearsed({ settings: { 'routing.maxAttempts': 1, 'routing.splice': 'off' } });
  const of = (scene: string) => view.results.filter((result) => result.scene === scene);
  expect(of('server error').map(({ passed, attempts }) => [passed, attempts])).toEqual(
    of('server error').map(({ passed }) => [passed, 1]),
  );
  expect(of('server error').some(({ passed }) => !passed)).toBe(true);
  expect(of('cut mid-stream').map(({ expected }) => expected)).toEqual(Array(4).fill('an error that says so'));
});
