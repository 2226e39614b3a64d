import { expect, test } from 'vitest';
import { createPollingScene, DAY, gaps, login, MINUTE, seeded } from './polling-under-test.ts';

test('thirty days of use: gentle, spaced, and there at every reset', { timeout: 120_000 }, async () => {
  const scene = await createPollingScene(
    [
      login('busy', { plan: 'pro', fiveHour: { capacityTokens: 2_000 }, weekly: { capacityTokens: 60_000 } }),
      login('light', { fiveHour: { capacityTokens: 400 }, weekly: { capacityTokens: 4_000 } }),
      login('idle'),
      login('weekly', { fiveHour: null, weekly: { capacityTokens: 2_000 } }),
      { name: 'key', kind: 'openai' },
    ],
    { random: seeded() },
  );
  scene.polling.start();
  const began = scene.clock.now();
  const resets = new Map<string, Set<number>>();
  const known = new Map<string, number[]>();
  const call = async (name: string): Promise<void> => {
    await scene.call(name, 'sim:tokens 60');
    known.set(name, [...(known.get(name) ?? []), scene.clock.now() - began]);
  };
  const note = (name: string): void => {
    for (const { usedPercent, resetsAt } of scene.account(name).windows.values()) {
      if (usedPercent > 0 && resetsAt !== null) resets.set(name, (resets.get(name) ?? new Set()).add(resetsAt - began));
    }
  };
  for (let day = 0; day < 30; day += 1) {
    for (let step = 0; step < 48; step += 1) {
      // People do not call on the half hour.
      const late = ((day * 7 + step * 5) % 23) * MINUTE;
      await scene.pass(late);
      if (step < 16) await call('busy');
      if (step === 3 || step === 9) await call('light');
      if (step === 5 && day % 2 === 0) await call('weekly');
      await scene.pass(30 * MINUTE - late);
      for (const name of ['busy', 'light', 'weekly']) note(name);
    }
  }

  const perDay = (name: string): number => scene.readings(name).length / 30;
  expect(perDay('idle')).toBeGreaterThan(22);
  expect(perDay('idle')).toBeLessThan(27);
  for (const name of ['busy', 'light', 'weekly']) {
    expect(perDay(name)).toBeGreaterThan(22);
    expect(perDay(name)).toBeLessThan(60);
    expect(Math.min(...gaps(scene.readings(name)))).toBeGreaterThanOrEqual(4.5 * MINUTE);
  }
  expect(scene.readings('key')).toEqual([]);
  // Between any two requests, whichever their accounts.
  expect(Math.min(...gaps(scene.readings()))).toBeGreaterThanOrEqual(7_500);

  const missed = [...resets].flatMap(([name, moments]) => {
    const at = [...scene.readings(name).map((reading) => reading.at), ...(known.get(name) ?? [])];
    return [...moments].filter(
      (reset) => reset < 30 * DAY - MINUTE && !at.some((moment) => moment >= reset && moment <= reset + MINUTE),
    );
  });
  expect([...resets.values()].reduce((sum, moments) => sum + moments.size, 0)).toBeGreaterThan(100);
  expect(missed).toEqual([]);
  expect(scene.view('weekly').windows.map(({ name }) => name)).toEqual(['weekly']);
  // Reset credits are counted and never spent, and everything said that it was Relay's.
  const requests = scene.simulator.journal.filter(({ path }) => path.includes('/wham/'));
  expect(new Set(requests.map(({ method, path }) => `${method} ${path}`))).toEqual(
    new Set(['GET /backend-api/wham/usage']),
  );
  const named = requests.map(({ headers }) => {
    const lower = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
    return `${lower['originator']} ${lower['user-agent']}`;
  });
  expect(new Set(named)).toEqual(new Set(['relay relay/1.2.3']));
});

test('a forecast comes true: calls at a steady pace meet the limit when it was said', async () => {
  const scene = await createPollingScene([login('ada', { fiveHour: { capacityTokens: 6_000 } })], { random: seeded() });
  scene.polling.start();
  for (let calls = 0; calls < 30; calls += 1) {
    await scene.call('ada', 'sim:tokens 60');
    await scene.pass(2 * MINUTE);
  }
  const [window] = scene.view('ada').windows;
  expect(window?.forecast).toMatchObject({
    verdict: 'runs-out',
    sentence: expect.stringMatching(/^Runs out in .* before it resets\.$/),
  });
  while ((await scene.call('ada', 'sim:tokens 60')) === 200) await scene.pass(2 * MINUTE);
  const off = Math.abs(scene.clock.now() - (window?.forecast?.runsOutAt ?? 0));
  expect(off).toBeLessThan(6 * MINUTE);
});
