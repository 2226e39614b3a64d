import { describe, expect, test } from 'vitest';
import { createPollingScene, gaps, HOUR, login, MINUTE, seeded } from './polling-under-test.ts';

describe('a usage endpoint that fails (FAULTS U-28)', () => {
  const when = { endpoint: 'usage' as const };
  test.each([
    ['429', { kind: 'status', status: 429, when }, 'The usage of this login could not be read (HTTP 429).'],
    ['500', { kind: 'status', status: 500, when }, 'The usage of this login could not be read (HTTP 500).'],
    [
      'HTML',
      { kind: 'status', status: 200, body: '<html>Just a moment...</html>', when },
      expect.stringContaining('without JSON'),
    ],
    [
      'a page of another kind',
      { kind: 'json-200', when },
      'The upstream answered something else than the usage of this login.',
    ],
    ['silence', { kind: 'silence', at: 'before-headers', when }, 'The upstream stayed silent for too long.'],
  ] as const)(
    'with %s: calls are served, the last reading shows its age, and it is asked ever less',
    async (_, fault, sentence) => {
      const scene = await createPollingScene(
        [login('ada', { fiveHour: { usedPercent: 30, resetsInMs: 4.9 * HOUR } }), login('bob')],
        {
          random: seeded(),
        },
      );
      scene.polling.start();
      await scene.pass(MINUTE);
      const before = scene.view('ada').windows;
      scene.simulator.account('ada').always(fault);
      scene.account('ada').inFlight = 1;
      await scene.pass(4 * HOUR);
      expect(await scene.call('ada')).toBe(200);
      expect(scene.view('ada')).toMatchObject({ usageError: sentence, health: { state: 'ready' } });
      // From the first reading: 5 min after it, then twice as long each time.
      const intervals = gaps(scene.readings('ada')).map((gap) => gap / MINUTE);
      expect(intervals.every((interval, index) => interval >= 4.5 * 2 ** index)).toBe(true);
      expect(intervals.length).toBe(5);
      expect(scene.failures.length).toBe(5);
      expect(before[0]).toMatchObject({ usedPercent: 30, stale: false });
      // The other account is read as ever.
      expect(Math.max(...gaps(scene.readings('bob')))).toBeLessThanOrEqual(67 * MINUTE);

      scene.simulator.account('ada').always(null);
      await scene.pass(4 * HOUR);
      expect(scene.view('ada').usageError).toBeNull();
      expect(Math.max(...gaps(scene.readings('ada')).slice(-5))).toBeLessThanOrEqual(6 * MINUTE);
    },
  );

  test('shows the age of what it knows', async () => {
    const scene = await createPollingScene([login('ada', { fiveHour: { usedPercent: 30, resetsInMs: 4.9 * HOUR } })]);
    scene.polling.start();
    await scene.pass(MINUTE);
    const readAt = scene.view('ada').windows[0]?.readAt;
    scene.simulator.account('ada').always({ kind: 'status', status: 500, when });
    await scene.pass(3 * HOUR);
    expect(scene.view('ada').windows[0]).toMatchObject({
      usedPercent: 30,
      readAt,
      stale: true,
      staleReason: 'It has not been read for hours.',
    });
  });

  test('that names a time to come back is left alone until then', async () => {
    const scene = await createPollingScene([login('ada')]);
    scene.account('ada').inFlight = 1;
    scene.simulator.account('ada').script({ kind: 'status', status: 429, headers: { 'retry-after': '7200' }, when });
    scene.polling.start();
    await scene.pass(3 * HOUR);
    expect(gaps(scene.readings())[0]).toBe(2 * HOUR);
  });

  test('that cannot be reached at all is tried again in five minutes, for nobody was bothered', async () => {
    const scene = await createPollingScene([login('ada')]);
    scene.simulator
      .account('ada')
      .script(...Array.from({ length: 3 }, () => ({ kind: 'cut', at: 'before-headers', when }) as const));
    scene.polling.start();
    await scene.pass(30 * MINUTE);
    expect(gaps(scene.readings())).toEqual([5 * MINUTE, 5 * MINUTE, 5 * MINUTE]);
    expect(scene.view('ada').usageError).toBeNull();
  });

  test('that refuses the token itself makes the login be looked after; any other refusal says nothing of it', async () => {
    const scene = await createPollingScene([login('ada'), login('bob')]);
    scene.simulator.account('ada').always({ kind: 'status', status: 401, when, body: { detail: 'Unauthorized' } });
    scene.simulator.account('bob').revokeLogin();
    scene.polling.start();
    await scene.pass(HOUR);
    expect([scene.view('ada').health.state, scene.view('bob').health.state]).toEqual(['ready', 'needs-sign-in']);
    const renewals = scene.simulator.journal.filter(({ path }) => path === '/oauth/token');
    expect(new Set(renewals.map(({ account }) => account))).not.toContain('ada');
  });
});
