import { describe, expect, test } from 'vitest';
import { createPollingScene, DAY, gaps, HOUR, login, MINUTE, seeded } from './polling-under-test.ts';

describe('how often the usage of a login is read', () => {
  test('about once an hour while it is idle, once in five minutes while a call runs on it', async () => {
    const scene = await createPollingScene([login('idle'), login('busy')], { random: seeded() });
    scene.account('busy').inFlight = 1;
    scene.polling.start();
    await scene.pass(12 * HOUR);
    const [idle, busy] = [gaps(scene.readings('idle')), gaps(scene.readings('busy'))];
    expect(Math.min(...idle)).toBeGreaterThanOrEqual(54 * MINUTE);
    expect(Math.max(...idle)).toBeLessThanOrEqual(67 * MINUTE);
    expect(Math.min(...busy)).toBeGreaterThanOrEqual(4.5 * MINUTE);
    expect(Math.max(...busy)).toBeLessThanOrEqual(6 * MINUTE);
    expect([idle.length, busy.length]).toEqual([expect.closeTo(11, -1), expect.closeTo(143, -1)]);
  });

  test('less while the answers of calls tell it, but never less than once an hour', async () => {
    const scene = await createPollingScene([login('ada')]);
    scene.polling.start();
    await scene.pass(MINUTE);
    for (let calls = 0; calls < 60; calls += 1) {
      await scene.call('ada');
      await scene.pass(4 * MINUTE);
    }
    expect(gaps(scene.readings())).toEqual(Array(4).fill(60 * MINUTE));
  });

  test('once in a quarter of an hour while it rests, so that an upstream that frees it early is noticed', async () => {
    const scene = await createPollingScene([login('ada', { fiveHour: { usedPercent: 100, resetsInMs: 3 * HOUR } })]);
    scene.polling.start();
    await scene.pass(MINUTE);
    expect(await scene.call('ada')).toBe(429);
    await scene.pass(HOUR);
    expect(scene.view('ada').health.state).toBe('resting');
    scene.simulator.account('ada').windows.fiveHour?.set({ usedPercent: 10 });
    await scene.pass(15 * MINUTE);
    expect(scene.view('ada').health.state).toBe('ready');
    // First as in use, five minutes after the refusal, which tells quota too.
    expect(gaps(scene.readings()).map((gap) => Math.round(gap / MINUTE))).toEqual([6, 15, 15, 15, 15]);
  });

  test('right after a reset, with no reading shortly before', async () => {
    const scene = await createPollingScene([
      login('ada', {
        fiveHour: { usedPercent: 50, resetsInMs: 63 * MINUTE },
        weekly: { usedPercent: 20, resetsInMs: 3 * HOUR },
      }),
    ]);
    scene.polling.start();
    await scene.pass(4 * HOUR);
    // 20 s after the start; then 17.5 s after the reset at 63 min, an hour later, and 17.5 s after that at 180 min.
    expect(scene.readings().map(({ at }) => Math.round(at / 1_000))).toEqual([20, 3_798, 7_398, 10_818]);
    expect(scene.view('ada').windows.map(({ usedPercent }) => usedPercent)).toEqual([0, 0]);
  });
});

describe('many accounts', () => {
  const names = Array.from({ length: 30 }, (_, index) => `a${index}`);

  test('are read one after the other, never in a burst, also at the start', async () => {
    const scene = await createPollingScene(
      names.map((name) => login(name)),
      { random: seeded() },
    );
    scene.polling.start();
    await scene.pass(10 * MINUTE);
    const readings = scene.readings();
    expect(new Set(readings.map(({ account }) => account)).size).toBe(30);
    expect(readings.length).toBe(30);
    expect(readings[0]?.at).toBeGreaterThanOrEqual(15_000);
    expect(Math.min(...gaps(readings))).toBeGreaterThanOrEqual(7_500);
  });

  test('are all read after a sleep, without a burst and without what was missed', async () => {
    const scene = await createPollingScene(
      names.slice(0, 5).map((name) => login(name)),
      { random: seeded() },
    );
    scene.polling.start();
    await scene.pass(10 * MINUTE);
    scene.simulator.clearJournal();
    // The machine sleeps for two days: the clock goes on and no timer runs.
    scene.clock.advance(2 * DAY);
    await scene.pass(2 * MINUTE);
    const readings = scene.readings();
    expect(readings.map(({ account }) => account).sort()).toEqual(names.slice(0, 5));
    expect(readings[0]!.at - 10 * MINUTE - 2 * DAY).toBeGreaterThanOrEqual(15_000);
    expect(Math.min(...gaps(readings))).toBeGreaterThanOrEqual(7_500);
    await scene.pass(45 * MINUTE);
    expect(scene.readings().length).toBe(5);
  });

  test('rest with Relay: nothing is read while it is paused, and each once afterwards', async () => {
    const scene = await createPollingScene(names.slice(0, 3).map((name) => login(name)));
    scene.state.paused = true;
    scene.polling.start();
    await scene.pass(DAY);
    expect(scene.readings()).toEqual([]);
    scene.state.paused = false;
    await scene.pass(5 * MINUTE);
    expect(scene.readings().map(({ account }) => account)).toEqual(names.slice(0, 3));
  });

  test('are left alone where a person or the upstream switched them off', async () => {
    const scene = await createPollingScene([
      ...names.slice(0, 5).map((name) => login(name)),
      { name: 'key', kind: 'openai' },
    ]);
    const [off, paused, dead, locked] = names.slice(0, 4).map((name) => scene.account(name));
    await scene.accounts.setEnabled(off!.id, false);
    await scene.accounts.pause(paused!.id, { forMs: 3 * HOUR });
    scene.accounts.needsSignIn(dead!.id, 'The login has ended.');
    locked!.keyringLocked = 'locked';
    scene.polling.start();
    await scene.pass(2 * HOUR);
    expect(new Set(scene.readings().map(({ account }) => account))).toEqual(new Set(['a4']));
    scene.simulator.clearJournal();
    await scene.pass(2 * HOUR);
    expect(new Set(scene.readings().map(({ account }) => account))).toEqual(new Set(['a1', 'a4']));
  });
});

describe('a reading that somebody asks for', () => {
  test('is made now, for ten who ask at once as for one, and at most once in 30 s', async () => {
    const scene = await createPollingScene([
      login('ada', { resetCredits: 2, credits: { has: true, unlimited: false, balance: '3.50' } }),
    ]);
    const { id } = scene.account('ada');
    const views = await Promise.all(Array.from({ length: 10 }, () => scene.polling.now(id)));
    expect(scene.readings()).toEqual([{ account: 'ada', at: 0 }]);
    expect(views[9]).toEqual(scene.view('ada'));
    expect(views[0]).toMatchObject({
      credits: { has: true, unlimited: false, balance: '3.50', readAt: scene.clock.now() },
      usage: { limitReached: null, spendLimitReached: false, resetCredits: 2 },
    });
    scene.simulator.account('ada').windows.weekly?.fill(1_000_000);
    scene.clock.advance(29_999);
    expect((await scene.polling.now(id)).windows).toMatchObject([{ usedPercent: 0 }, { usedPercent: 0 }]);
    scene.clock.advance(1);
    expect((await scene.polling.now(id)).windows).toMatchObject([{ usedPercent: 0 }, { usedPercent: 1 }]);
    expect(scene.readings().map(({ at }) => at)).toEqual([0, 30_000]);
  });

  test('takes the place of one that was due', async () => {
    const scene = await createPollingScene([login('ada')]);
    scene.polling.start();
    await scene.pass(50 * MINUTE);
    await scene.polling.now(scene.account('ada').id);
    await scene.pass(59 * MINUTE);
    expect(scene.readings().map(({ at }) => at / MINUTE)).toEqual([1 / 3, 50]);
  });

  test('takes the place of one that falls due while it runs', async () => {
    const scene = await createPollingScene([login('ada')]);
    scene.polling.start();
    scene.clock.advance(20_000);
    const asked = scene.polling.now(scene.account('ada').id);
    await scene.pass(0);
    await asked;
    expect(scene.readings().length).toBe(1);
  });

  test('says why it cannot be made', async () => {
    const scene = await createPollingScene([login('ada'), { name: 'key', kind: 'openai' }]);
    scene.simulator.account('ada').script({ kind: 'status', status: 500, when: { endpoint: 'usage' } });
    const ask = (id: string) => scene.polling.now(id).catch((error: unknown) => error);
    expect([
      await ask('acc_none'),
      await ask(scene.account('key').id),
      await ask(scene.account('ada').id),
    ]).toMatchObject([
      { code: 'not_found' },
      { code: 'invalid_value', message: 'An API key is billed by use: it has no quota windows to read.' },
      { code: 'upstream_error', message: 'The usage of this login could not be read (HTTP 500).' },
    ]);
  });
});

describe('over restarts and changes of a plan', () => {
  test('a restart asks again only when it is time, also after a failure', async () => {
    const scene = await createPollingScene([login('ada'), login('bob')]);
    scene.simulator.account('bob').always({ kind: 'status', status: 500, when: { endpoint: 'usage' } });
    scene.polling.start();
    await scene.pass(MINUTE);
    scene.polling.stop();
    await scene.accounts.settled();
    const again = scene.poll(await scene.open());
    again.start();
    await scene.pass(50 * MINUTE);
    expect(scene.readings().length).toBe(2);
    await scene.pass(15 * MINUTE);
    again.stop();
    expect(scene.readings().map(({ account }) => account)).toEqual(['ada', 'bob', 'ada', 'bob']);
  });

  test('a window that the plan lost is gone with the next reading, and extra limits keep to their family', async () => {
    const extras = [
      {
        limitId: 'codex_bengalfox',
        limitName: 'Bengal Fox',
        model: 'gpt-6-luna',
        lengthMs: 30 * DAY,
        capacityTokens: 400,
      },
    ];
    const scene = await createPollingScene([login('ada', { extras })]);
    scene.polling.start();
    await scene.pass(MINUTE);
    const shown = () => scene.view('ada').windows.map(({ family, name, usedPercent }) => [family, name, usedPercent]);
    expect(shown()).toEqual([
      ['codex', '5-hour', 0],
      ['codex', 'weekly', 0],
      ['codex-bengalfox', 'monthly', 0],
    ]);
    const ada = scene.simulator.account('ada');
    ada.extras[0]?.window.set({ usedPercent: 100 });
    ada.windows.fiveHour = null;
    await scene.pass(2 * HOUR);
    expect(shown()).toEqual([
      ['codex', 'weekly', 0],
      ['codex-bengalfox', 'monthly', 100],
    ]);
    // A full window by itself refuses nothing: only the upstream does.
    expect(scene.view('ada')).toMatchObject({ health: { state: 'ready' }, restingFamilies: [] });
    ada.extras = [];
    await scene.pass(2 * HOUR);
    expect(shown()).toEqual([['codex', 'weekly', 0]]);
  });
});

describe('after the machine slept', () => {
  test('every login is read anew, one after the other, once the network has had time to come back', async () => {
    const names = ['ada', 'bob', 'cyd'];
    const scene = await createPollingScene(names.map((name) => login(name)));
    scene.polling.start();
    await scene.pass(20 * MINUTE);
    const before = scene.readings().length;
    scene.polling.woke();
    await scene.pass(19_000);
    expect(scene.readings().length).toBe(before);
    await scene.pass(MINUTE);
    const after = scene.readings().slice(before);
    expect(after.map(({ account }) => account).toSorted()).toEqual(names);
    expect(Math.min(...gaps(after))).toBeGreaterThanOrEqual(7_500);
    await scene.pass(30 * MINUTE);
    expect(scene.readings().length).toBe(before + names.length);
  });
});
