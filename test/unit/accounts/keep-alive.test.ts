import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptEntry } from '../../../src-main/simulator/fault.ts';
import { mintToken } from './login-file.ts';
import { createLoginWorld, DAY, HOUR, type LoginWorld, MINUTE, NOW, SECOND } from './logins-under-test.ts';

const down: ScriptEntry = { kind: 'status', status: 500, when: { endpoint: 'token' } };

const bearer = async (world: LoginWorld, id: string): Promise<string> =>
  (await world.accounts.credential(id)).authorization.slice('Bearer '.length);

describe('ahead of time', () => {
  test('a login is kept alive for three months, and not one call in them waits for a refresh', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    world.accounts.keepAlive.start();
    const states: string[] = [];
    for (let hour = 0; hour < 90 * 24; hour += 1) {
      await world.pass(HOUR, 5 * MINUTE);
      const before = world.exchanges().length;
      states.push(upstream.tokens.accessState(await bearer(world, id)));
      expect(world.exchanges().length).toBe(before);
    }
    await world.accounts.keepAlive.stop();
    const sent = world.exchanges().map((body) => (body as { refresh_token: string }).refresh_token);
    expect([new Set(states), sent.length, new Set(sent).size]).toEqual([new Set(['valid']), 9, 9]);
    expect(world.view(id).health.state).toBe('ready');
  });

  test('A-01 a token that ends in 3 minutes is renewed once, in the background', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    world.time.clock.advance(10 * DAY - 3 * MINUTE);
    const old = await bearer(world, id);
    const asked = world.exchanges().length;
    world.accounts.keepAlive.start();
    await world.pass(3 * MINUTE);
    await world.accounts.keepAlive.stop();
    expect([asked, old === upstream.accessToken(), await bearer(world, id), world.exchanges().length]).toEqual([
      0,
      false,
      upstream.accessToken(),
      1,
    ]);
  });

  test('A-02 a refresh that fails leaves a valid token in use, is tried again with growing pauses, and is told once', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.always(down);
    world.time.clock.advance(10 * DAY - 3 * MINUTE);
    const old = upstream.accessToken();
    world.accounts.keepAlive.start();
    const seen = new Set<string>();
    for (let second = 0; second < 165; second += 15) {
      await world.pass(15 * SECOND);
      seen.add(`${(await bearer(world, id)) === old} ${world.view(id).health.state}`);
    }
    const failures = world.exchanges().length;
    upstream.faults.clear();
    await world.pass(5 * MINUTE);
    await world.accounts.keepAlive.stop();
    const told = (await world.accounts.audit.list({ limit: 50 })).entries.filter(
      ({ what }) => what === 'refresh-failed',
    );
    expect([seen, failures >= 3 && failures <= 6, told.map(({ detail }) => detail)]).toEqual([
      new Set(['true ready']),
      true,
      [`${world.issuer.host} refused with HTTP 500.`],
    ]);
    expect([await bearer(world, id), world.view(id).health.state]).toEqual([upstream.accessToken(), 'ready']);
  });

  test('a login that can no longer be renewed is used to its end, and then needs a person without being sent again', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.tokens.expireRefreshTokens();
    world.time.clock.advance(10 * DAY - 3 * MINUTE);
    world.accounts.keepAlive.start();
    await world.pass(2 * MINUTE);
    const before = [world.view(id).health.state, await bearer(world, id)];
    await world.pass(2 * MINUTE);
    await world.accounts.keepAlive.stop();
    expect([before, world.view(id).health, world.exchanges().length]).toEqual([
      ['ready', upstream.accessToken()],
      {
        state: 'needs-sign-in',
        reason: 'This login was not renewed for too long and has expired. Sign in again.',
        until: null,
      },
      1,
    ]);
  });

  test('a token that does not say when it ends is renewed when it is 8 days old', async () => {
    const world = await createLoginWorld();
    const upstream = world.simulator.account('ann');
    const file = JSON.parse(upstream.authJson());
    file.tokens.access_token = mintToken({ accountId: upstream.accountId, userId: upstream.userId });
    await world.accounts.importAuthJson({ content: JSON.stringify(file), acceptShared: true });
    world.accounts.keepAlive.start();
    await world.pass(8 * DAY - HOUR, MINUTE);
    const before = world.exchanges().length;
    await world.pass(HOUR, MINUTE);
    await world.accounts.keepAlive.stop();
    expect([before, world.exchanges().length]).toEqual([0, 1]);
  });

  test('tokens that live for minutes only are not renewed all the time', async () => {
    const world = await createLoginWorld(['ann'], { accessTokenTtlMs: 4 * MINUTE });
    await world.add('ann');
    world.accounts.keepAlive.start();
    await world.pass(HOUR);
    await world.accounts.keepAlive.stop();
    expect(world.exchanges().length).toBe(20);
  });

  test('a login of Relay’s own is kept alive while it is switched off; a linked one is left to its owner', async () => {
    const world = await createLoginWorld(['own', 'linked']);
    const own = await world.add('own');
    const linked = await world.add('linked', '/home/ann/.codex/auth.json');
    await world.accounts.setEnabled(own.id, false);
    await world.accounts.setEnabled(linked.id, false);
    world.accounts.keepAlive.start();
    await world.pass(11 * DAY, MINUTE);
    await world.accounts.keepAlive.stop();
    expect(world.simulator.journal.map(({ account }) => account)).toEqual(['own']);
  });

  test('A-16 what the service answers while Relay ends is stored before it has ended', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.script({ kind: 'silence', at: 'before-headers', ms: SECOND, when: { endpoint: 'token' } });
    world.time.clock.advance(10 * DAY - MINUTE);
    world.accounts.keepAlive.start();
    await world.asked(1);
    let ended = false;
    const ending = world.accounts.keepAlive.stop().then(() => {
      ended = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    const endedEarly = ended;
    world.time.advance(SECOND);
    await ending;
    const stored = JSON.parse((await world.secrets.get(`account/${id}`)) ?? '');
    expect([endedEarly, stored]).toEqual([
      false,
      { type: 'chatgpt', ...upstream.tokens.current, lastRefreshAt: world.time.clock.now() },
    ]);
    world.time.advance(DAY);
    expect(world.exchanges().length).toBe(1);
  });

  test('two accounts that are due together are renewed one after the other', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const world = await createLoginWorld(names);
    for (const name of names) await world.add(name);
    world.accounts.keepAlive.start();
    await world.pass(35 * DAY, MINUTE);
    await world.accounts.keepAlive.stop();
    expect([world.exchanges().length, world.front.most('/oauth/token')]).toEqual([12, 1]);
  });
});

describe('when the clock is wrong', () => {
  test.each([
    ['+10 min', 10 * MINUTE],
    ['−10 min', -10 * MINUTE],
    ['+1 day', DAY],
    ['−1 day', -DAY],
    ['+30 days', 30 * DAY],
    ['−30 days', -30 * DAY],
  ])(
    'A-08 it jumps by %s and back: at most one refresh for each jump, and every call is answered',
    async (_, jumpMs) => {
      const world = await createLoginWorld(['ann', 'bob', 'cay']);
      const all = [await world.add('ann'), await world.add('bob'), await world.add('cay')];
      const answers: string[] = [];
      const call = async (): Promise<void> => {
        for (const { id, upstream } of all) answers.push(upstream.tokens.accessState(await bearer(world, id)));
      };
      world.accounts.keepAlive.start();
      await world.pass(9 * DAY + 12 * HOUR, HOUR);
      const counts: number[] = [];
      for (const by of [jumpMs, -jumpMs]) {
        const before = world.exchanges().length;
        world.setClock(by);
        await call();
        await world.pass(5 * MINUTE);
        await call();
        counts.push(world.exchanges().length - before);
      }
      await world.accounts.keepAlive.stop();
      // One refresh is enough to learn the time of the service, and then nobody else's login looks old.
      expect([new Set(answers), counts.every((count) => count <= 1)]).toEqual([new Set(['valid']), true]);
      expect(world.accounts.views().map(({ health }) => health.state)).toEqual(['ready', 'ready', 'ready']);
    },
  );

  test('no sequence of jumps and pauses makes more than one refresh each, or an account that rests', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ by: fc.integer({ min: -20 * DAY, max: 20 * DAY }), wait: fc.integer({ min: 0, max: 90 }) }),
          {
            maxLength: 6,
          },
        ),
        async (steps) => {
          const world = await createLoginWorld();
          try {
            const { id, upstream } = await world.add('ann');
            world.accounts.keepAlive.start();
            for (const { by, wait } of steps) {
              const before = world.exchanges().length;
              world.setClock(by);
              await bearer(world, id);
              await world.pass(wait * SECOND);
              expect(world.exchanges().length - before).toBeLessThanOrEqual(1);
              expect(upstream.tokens.accessState(await bearer(world, id))).toBe('valid');
              expect(world.view(id).health.state).toBe('ready');
            }
            await world.accounts.keepAlive.stop();
          } finally {
            await world.end();
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('how wrong it is is learned from the service and shown where it is more than a minute', async () => {
    const world = await createLoginWorld();
    const { id } = await world.add('ann');
    world.setClock(90 * SECOND);
    await world.pass(10 * DAY, HOUR);
    await bearer(world, id);
    const { login } = world.view(id);
    expect(login).toEqual({
      expiresAt: NOW + 20 * DAY,
      refreshedAt: NOW + 10 * DAY + 90 * SECOND,
      nextRefreshAt: NOW + 20 * DAY - 5.5 * MINUTE,
      shared: false,
      skewMs: -89 * SECOND,
    });
    world.setClock(-89 * SECOND);
    world.accounts.recordHeaders(id, { date: new Date(world.time.clock.now()).toUTCString() }, 0);
    expect(world.view(id).login?.skewMs).toBeNull();
  });

  test('G18 set back by a day, it makes no rest longer than a minute', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.always(down);
    world.time.clock.advance(10 * DAY);
    world.accounts.keepAlive.start();
    await world.pass(15 * SECOND);
    await world.accounts.credential(id).catch(() => undefined);
    const before = world.view(id).health.state;
    world.setClock(-DAY);
    await world.pass(15 * SECOND);
    await world.accounts.keepAlive.stop();
    expect([before, world.view(id).health.state]).toEqual(['resting', 'ready']);
  });

  test('a token that has ended before it came is renewed once, and then up to the upstream', async () => {
    const world = await createLoginWorld(['ann'], { accessTokenTtlMs: -DAY });
    const { id, upstream } = await world.add('ann');
    const bearers = new Set<string>();
    for (let call = 0; call < 20; call += 1) bearers.add(await bearer(world, id));
    expect([bearers, world.exchanges().length]).toEqual([new Set([upstream.accessToken()]), 1]);
  });

  test('a 401 counts whatever the clock says', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    world.setClock(-20 * DAY);
    world.time.clock.advance(11 * DAY);
    const refused = `Bearer ${await bearer(world, id)}`;
    expect([
      upstream.tokens.accessState(refused.slice(7)),
      await world.accounts.recover(id, refused, 'The upstream refused this login.'),
      upstream.tokens.accessState(await bearer(world, id)),
    ]).toEqual(['expired', 'renewed', 'valid']);
  });
});

describe('when the machine sleeps', () => {
  test('P-06 for 8 hours, past the end of a login: it is renewed once, at once, and usable', async () => {
    const world = await createLoginWorld(['ann', 'bob']);
    const all = [await world.add('ann'), await world.add('bob')];
    world.accounts.keepAlive.start();
    await world.pass(10 * DAY - 4 * HOUR, HOUR);
    world.sleep(8 * HOUR);
    const valid = await Promise.all(
      all.map(async ({ id, upstream }) => upstream.tokens.accessState(await bearer(world, id))),
    );
    await world.pass(MINUTE, SECOND);
    await world.accounts.keepAlive.stop();
    expect([valid, world.exchanges().length, world.front.most('/oauth/token')]).toEqual([['valid', 'valid'], 2, 1]);
  });

  test('the pauses between failed refreshes are forgotten, and a rest that is due to them ends', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.always(down);
    world.accounts.keepAlive.start();
    await world.pass(10 * DAY + HOUR, MINUTE);
    await world.accounts.credential(id).catch(() => undefined);
    const before = world.view(id).health.state;
    world.sleep(HOUR);
    await world.pass(15 * SECOND);
    const again = (world.view(id).login?.nextRefreshAt ?? 0) - world.time.clock.now();
    upstream.faults.clear();
    await world.pass(15 * SECOND);
    await world.accounts.keepAlive.stop();
    expect([before, again, world.view(id).health.state, await bearer(world, id)]).toEqual([
      'resting',
      3_750,
      'ready',
      upstream.accessToken(),
    ]);
  });
});
