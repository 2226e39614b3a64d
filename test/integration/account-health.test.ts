import { afterEach, describe, expect, test } from 'vitest';
import { api, ask, idOf, post, viewOf } from '../support/account-asks.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

const HOUR = 3_600_000;

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function pool(...names: string[]): Promise<RunningRelay> {
  running = await startRelay({ accounts: names.map((name) => ({ name, kind: 'chatgpt' })) });
  return running;
}

describe('health while calls run', () => {
  test('an account whose calls fail five times in a row is degraded, with the moment of the next try', async () => {
    const relay = await pool('a', 'b');
    relay.simulator.account('a').script({ kind: 'status', status: 500, body: {}, times: 5 });
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/pin`, { forMs: HOUR });
    const served: string[] = [];
    for (let round = 0; round < 5; round += 1) served.push(await ask(relay, `sim:say round ${round}`));
    const { health } = viewOf(relay, 'a');
    expect([served, health, viewOf(relay, 'b').health.state]).toEqual([
      ['b', 'b', 'b', 'b', 'b'],
      {
        state: 'degraded',
        reason: expect.stringMatching(/^Its last calls for gpt-5\.5 failed\. It is tried again at /),
        until: expect.any(Number),
      },
      'ready',
    ]);
    expect(health.until!).toBeGreaterThan(Date.now());
  });

  test('a lost network makes every account unreachable and blames none of them', async () => {
    const relay = await pool('a', 'b');
    await ask(relay);
    await relay.simulator.stop();
    const response = await post(relay, 'sim:say hello');
    await response.text();
    const views = relay.relay.accounts.views();
    expect([response.status >= 500, views.map(({ health }) => health.state)]).toEqual([
      true,
      ['unreachable', 'unreachable'],
    ]);
    expect(relay.relay.accounts.list().map(({ needsSignIn, rests }) => [needsSignIn, rests.size])).toEqual([
      [null, 0],
      [null, 0],
    ]);
  });

  test('a spent window rests its account with the name of the window, and a model that is refused is told', async () => {
    const relay = await pool('a', 'b');
    const [a, b] = [relay.simulator.account('a'), relay.simulator.account('b')];
    a.script({ kind: 'usage-limit', resetsInSeconds: 10_800, window: 'fiveHour' });
    b.script({
      kind: 'status',
      status: 400,
      body: { detail: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." },
    });
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/pin`, { forMs: HOUR });
    expect(await ask(relay)).toBe('429');
    expect([viewOf(relay, 'a').health.reason, viewOf(relay, 'b').health, viewOf(relay, 'b').lackingModels]).toEqual([
      expect.stringMatching(/^Resting until .*\d\d:\d\d: the 5-hour window is used up\.$/),
      {
        state: 'plan-lacks-model',
        reason: expect.stringMatching(/^Its plan does not include gpt-5\.5\. Others are served\. Asked again at /),
        until: expect.any(Number),
      },
      [{ model: 'gpt-5.5', until: expect.any(Number) }],
    ]);
  });
});

describe('what a person wants first (CLIENTS 22)', () => {
  const conversations = (relay: RunningRelay, count: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => ask(relay, `sim:say conversation ${index}`)));

  test('an account that is to be used first takes every new conversation, one in reserve none', async () => {
    const relay = await pool('a', 'b', 'c');
    await api(relay, 'PATCH', `/accounts/${idOf(relay, 'c')}`, { policy: 'burn-first' });
    const first = await conversations(relay, 4);
    await api(relay, 'PATCH', `/accounts/${idOf(relay, 'c')}`, { policy: 'reserve' });
    const later = await conversations(relay, 6);
    expect([new Set(first), later.includes('c')]).toEqual([new Set(['c']), false]);
  });

  test('the order decides with the strategy that fills the first account first', async () => {
    const relay = await pool('a', 'b', 'c');
    await relay.relay.settings.patch({ 'routing.strategy': 'fill-first' });
    await api(relay, 'PUT', '/accounts/order', { ids: ['b', 'c', 'a'].map((label) => idOf(relay, label)) });
    const filled = await conversations(relay, 3);
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/move`, { before: idOf(relay, 'b') });
    expect([filled, await conversations(relay, 3)]).toEqual([
      ['b', 'b', 'b'],
      ['a', 'a', 'a'],
    ]);
  });
});
