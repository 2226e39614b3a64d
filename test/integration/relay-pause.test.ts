import { afterEach, expect, onTestFinished, test } from 'vitest';
import { api } from '../support/account-asks.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { makeRelayHome, runRelay, startRelayProcess } from '../support/relay-process.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { streamAnswer, streamForms } from '../support/stream-clients.ts';

const NOON = new Date(2026, 10, 24, 12).getTime();
const HOUR = 3_600_000;

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

test('a paused Relay refuses every form of call in words, lets no usage be read, and goes on when the time is over', async () => {
  const time = createManualTime(NOON);
  running = await startRelay({ time, simulator: { clock: time.clock }, secrets: 'file' });
  const paused = await api(running, 'POST', '/relay/pause', { forMs: HOUR });
  expect(paused).toEqual({ pause: { since: NOON, until: NOON + HOUR } });
  for (const form of streamForms) {
    const { error } = await streamAnswer(running, form, 'Hello');
    expect([form, error]).toEqual([form, 'relay_paused']);
  }
  expect(running.simulator.modelRequests()).toEqual([]);
  expect(await api(running, 'GET', '/status')).toMatchObject({ pause: { since: NOON, until: NOON + HOUR } });
  time.advance(HOUR / 2);
  const read = (): number => running!.simulator.journal.filter(({ path }) => path.includes('usage')).length;
  expect(read()).toBe(0);

  // It outlives a restart.
  running = await running.restart();
  expect(await api(running, 'GET', '/relay')).toEqual({ pause: { since: NOON, until: NOON + HOUR } });
  time.advance(HOUR / 2);
  expect(await api(running, 'GET', '/relay')).toEqual({ pause: null });
  expect((await streamAnswer(running, 'responses', 'sim:say back')).text).toBe('back');
  const calls = await running.calls();
  expect(calls.map(({ status, errorCode }) => [status, errorCode])).toEqual([
    ['error', 'relay_paused'],
    ['error', 'relay_paused'],
    ['error', 'relay_paused'],
    ['ok', null],
  ]);
});

test('pausing again with the same end, and resuming what runs, change nothing and are not written down', async () => {
  running = await startRelay();
  for (const path of ['/relay/resume', '/relay/pause', '/relay/pause', '/relay/resume', '/relay/resume']) {
    await api(running, 'POST', path, {});
  }
  const { entries } = (await api(running, 'GET', '/audit')) as {
    entries: { actor: string; what: string; detail: string }[];
  };
  expect(
    entries
      .filter(({ detail }) => detail.startsWith('Relay was'))
      .map(({ actor, what, detail }) => [actor, what, detail]),
  ).toEqual([
    ['api', 'resumed', 'Relay was resumed.'],
    ['api', 'paused', 'Relay was paused until it is resumed.'],
  ]);
});

test('the switch is not a setting that a patch can turn', async () => {
  running = await startRelay();
  const answer = await fetch(`${running.url}/api/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${running.apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ 'process.pause': null }),
  });
  expect(answer.status).toBe(400);
});

test('the command line pauses a Relay that runs, or one that starts later, and says so', async () => {
  const home = makeRelayHome();
  onTestFinished(() => home.remove());
  expect(await runRelay(home, ['pause', '--for', '2h', '--json'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\{"pause":\{"since":\d+,"until":\d+\}\}\n$/),
  });
  const relay = await startRelayProcess(home);
  onTestFinished(() => relay.kill('SIGKILL'));
  expect((await runRelay(home, ['status'])).stdout).toMatch(/^Paused {7}until /m);
  expect(await runRelay(home, ['resume'])).toMatchObject({ code: 0, stdout: 'Resumed Relay.\n' });
  expect((await runRelay(home, ['status'])).stdout).not.toContain('Paused');
  relay.kill('SIGTERM');
  expect(await relay.ended).toBe(0);
});
