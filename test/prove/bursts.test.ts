import { afterEach, expect, test } from 'vitest';
import { rawCall } from '../support/raw-call.ts';
import type { RelayScene } from '../support/relay-scene.ts';
import { amount, figure } from './proving.ts';
import { startScene } from './relay-scene.ts';

let scene: RelayScene;
afterEach(() => scene.stop());

const status = async (key: string): Promise<number> => {
  const answer = await rawCall(scene.url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
  });
  return answer.status;
};

test('G11: 100 bursts of 30 on a limit of 10: ten get in, each time', async () => {
  const bursts = amount('RELAY_BURSTS', 100);
  scene = await startScene({ accounts: [{ name: 'a', kind: 'openai' }], settings: { 'limits.queueMs': 0 } });
  let over = 0;
  for (let burst = 0; burst < bursts; burst += 1) {
    const { secret } = await scene.api<{ secret: string }>('POST', '/api/keys', {
      name: `burst ${burst}`,
      requestsPerMinute: 10,
    });
    const startedAt = performance.now();
    const statuses = await Promise.all(Array.from({ length: 30 }, () => status(secret)));
    // The bucket fills up while the burst is on its way: one more for every six seconds.
    const allowed = 10 + Math.floor((performance.now() - startedAt) / 6_000);
    const admitted = statuses.filter((each) => each === 200).length;
    over += Math.max(0, admitted - allowed);
    expect(admitted).toBeGreaterThanOrEqual(10);
  }
  figure('G11', '0 over-admissions in 100 bursts of 30 on 10', `${over} in ${bursts}`);
  expect(over).toBe(0);
});

test('G6: of 1,000 calls that find the token expired one renews it', async () => {
  const waiting = amount('RELAY_WAITING_CALLS', 1_000);
  scene = await startScene({
    accounts: [{ name: 'a', kind: 'chatgpt' }],
    settings: { 'limits.concurrentCalls': 2_000 },
    journalLimit: 5_000,
  });
  const { keys } = await scene.api<{ keys: { id: string }[] }>('GET', '/api/keys');
  expect(keys.length).toBe(1);
  const account = scene.simulator.account('a');
  account.expireAccessToken();
  account.script({ kind: 'silence', at: 'before-headers', ms: 500, when: { endpoint: 'token' } });
  const statuses = await Promise.all(Array.from({ length: waiting }, () => status(scene.key)));
  const exchanges = scene.simulator.journal.filter(({ path }) => path === '/oauth/token').length;
  figure(
    'G6',
    '1,000 concurrent calls on an expired token: 1 token exchange',
    `${exchanges} for ${waiting} calls, ${statuses.filter((each) => each === 200).length} served`,
  );
  expect([exchanges, new Set(statuses)]).toEqual([1, new Set([200])]);
});
