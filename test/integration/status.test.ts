import { afterEach, expect, test } from 'vitest';
import { publicStatusSchema } from '../../src-shared/contract/public-status.ts';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

test('without a key, the status shows a real call and nothing secret or personal', async () => {
  running = await startRelay({ accounts: [{ name: 'me@example.test', kind: 'chatgpt' }] });
  const { url, key, simulator } = running;
  await rawCall(url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
  });
  await running.relay.measure();
  const [page, json, ready, metrics] = await Promise.all(
    ['/status', '/status.json', '/health/ready', '/metrics'].map((path) => rawCall(url, { method: 'GET', path })),
  );
  const status = publicStatusSchema.parse(JSON.parse(json!.text));
  expect(status.subsystems.map(({ id, state }) => [id.replace(/:\d+$/, ''), state])).toEqual([
    ['gateway', 'ok'],
    ['pool', 'ok'],
    ['storage', 'ok'],
    ['secrets', 'ok'],
    ['upstream:127.0.0.1', 'ok'],
  ]);
  expect([page!.status, ready!.status]).toEqual([200, 200]);
  expect(metrics!.text).toMatch(/^relay_calls_total\{endpoint="responses",status="ok"\} 1$/m);
  const shown = [page, json, ready, metrics].map((answer) => answer!.text).join('\n');
  for (const secret of ['me@example.test', key, simulator.account('me@example.test').authJson()]) {
    expect(shown).not.toContain(secret);
  }
});

test('another host name gets nothing', async () => {
  running = await startRelay();
  const answer = await rawCall(running.url, {
    method: 'GET',
    path: '/status.json',
    headers: { host: 'attacker.test' },
  });
  expect(answer.status).toBe(403);
});
