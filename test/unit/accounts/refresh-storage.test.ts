import { describe, expect, test } from 'vitest';
import type { SecretStore } from '../../../src-main/secrets/secret-store.ts';
import { createLoginWorld, DAY, HOUR, type LoginWorld, MINUTE, SECOND } from './logins-under-test.ts';

const silent = { kind: 'silence', at: 'before-headers', ms: SECOND, when: { endpoint: 'token' } } as const;

/** The world's store, until a test says otherwise for its next writes. */
function breakable(store: SecretStore): { store: SecretStore; next: ((name: string) => Promise<void>)[] } {
  const next: ((name: string) => Promise<void>)[] = [];
  return {
    next,
    store: {
      ...store,
      async set(name, value) {
        await next.shift()?.(name);
        await store.set(name, value);
      },
    },
  };
}
const pass = async (): Promise<void> => undefined;
const fail = async (): Promise<void> => {
  throw new Error('disk full');
};
const stored = async (world: LoginWorld, id: string) =>
  JSON.parse((await world.secrets.get(`account/${id}`)) ?? 'null');

describe('a crash', () => {
  const interrupted =
    'Relay was stopped while this login was being renewed and never saw the answer. A refresh token works only once, so it is not sent again. Sign in again.';

  test('between the rotation and the store: the spent token is never sent again, and the account says why it needs a person', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    const old = upstream.tokens.current;
    world.time.clock.advance(10 * DAY);
    // The first write says that an exchange begins; at the second one the process is gone.
    const { store, next } = breakable(world.secrets);
    const died = new Promise<void>((resolve) => {
      next.push(pass, () => new Promise(() => resolve()));
    });
    const dying = await world.open({ secrets: store, issuer: world.freshIssuer() });
    void dying.credential(id);
    await died;
    const restarted = await world.open({ issuer: world.freshIssuer() });
    const answers = await Promise.allSettled([restarted.credential(id), restarted.credential(id)]);
    expect(answers.map((answer) => answer.status === 'rejected' && answer.reason.message)).toEqual([
      interrupted,
      interrupted,
    ]);
    expect([restarted.views()[0]?.health, world.exchanges().length, await stored(world, id)]).toEqual([
      { state: 'needs-sign-in', reason: interrupted, until: null },
      1,
      {
        type: 'chatgpt',
        ...old,
        lastRefreshAt: world.time.clock.now() - 10 * DAY,
        shared: true,
        spent: { at: world.time.clock.now(), reason: null },
      },
    ]);
  });

  test('in the middle of a refresh ahead of time leaves a valid token in use until it ends', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    const old = upstream.accessToken();
    upstream.script(silent);
    world.time.clock.advance(10 * DAY - 4 * MINUTE);
    const dying = await world.open({ issuer: world.freshIssuer() });
    dying.keepAlive.start();
    await world.asked(1);
    const restarted = await world.open({ issuer: world.freshIssuer() });
    restarted.keepAlive.start();
    const { authorization } = await restarted.credential(id);
    const before = restarted.views()[0]?.health.state;
    await world.pass(5 * MINUTE);
    await restarted.keepAlive.stop();
    expect([authorization, before, restarted.views()[0]?.health.reason]).toEqual([
      `Bearer ${old}`,
      'ready',
      interrupted,
    ]);
  });

  test('in the middle of a refresh is no loss where the linked file has a newer pair', async () => {
    const path = '/home/ann/.codex/auth.json';
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann', path);
    upstream.script(silent);
    world.time.clock.advance(10 * DAY);
    const dying = await world.open({ issuer: world.freshIssuer() });
    void dying.credential(id).catch(() => undefined);
    await world.asked(1);
    upstream.refreshElsewhere();
    world.files.set(path, upstream.authJson());
    const restarted = await world.open({ issuer: world.freshIssuer() });
    expect([(await restarted.credential(id)).authorization, restarted.views()[0]?.health.state]).toEqual([
      `Bearer ${upstream.accessToken()}`,
      'ready',
    ]);
  });

  test('after the store took the pair loses nothing', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    world.time.clock.advance(10 * DAY);
    await world.accounts.credential(id);
    const restarted = await world.open();
    world.time.clock.advance(10 * DAY);
    expect([(await restarted.credential(id)).authorization, world.exchanges().length]).toEqual([
      `Bearer ${upstream.accessToken()}`,
      2,
    ]);
  });
});

describe('a store that takes nothing', () => {
  test('is found out before the token is spent', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    world.time.clock.advance(10 * DAY);
    const { store, next } = breakable(world.secrets);
    const registry = await world.open({ secrets: store });
    next.push(fail);
    await expect(registry.credential(id)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: 'The login is not renewed, because the new one could not be stored.',
    });
    const asked = world.exchanges().length;
    expect([asked, (await registry.credential(id)).authorization]).toEqual([0, `Bearer ${upstream.accessToken()}`]);
  });

  test('keeps the new pair from being used, until it takes it: nothing is sent twice', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    world.time.clock.advance(10 * DAY);
    const { store, next } = breakable(world.secrets);
    const registry = await world.open({ secrets: store });
    next.push(pass, fail, fail);
    const refusals = [];
    for (let call = 0; call < 2; call += 1)
      refusals.push(await registry.credential(id).catch(({ message }) => message));
    expect([refusals, registry.views()[0]?.health.state]).toEqual([
      Array(2).fill('The renewed login cannot be stored, and is not used before it is.'),
      'resting',
    ]);
    expect([(await registry.credential(id)).authorization, world.exchanges().length, await stored(world, id)]).toEqual([
      `Bearer ${upstream.accessToken()}`,
      1,
      { type: 'chatgpt', ...upstream.tokens.current, lastRefreshAt: world.time.clock.now() },
    ]);
  });

  test('is asked once more when Relay ends', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    world.time.clock.advance(10 * DAY);
    const { store, next } = breakable(world.secrets);
    const registry = await world.open({ secrets: store });
    next.push(pass, fail);
    await registry.credential(id).catch(() => undefined);
    await registry.keepAlive.stop();
    expect((await stored(world, id)).refreshToken).toBe(upstream.tokens.current.refreshToken);
  });
});

describe('a login that is replaced while it is being renewed', () => {
  test('keeps what the person brought: an answer to the old pair overwrites nothing', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.script(silent);
    world.time.clock.advance(10 * DAY);
    const asking = world.accounts.credential(id);
    await world.asked(1);
    const brought = upstream.tokens.issue();
    await world.accounts.importAuthJson({ content: upstream.authJson(), acceptShared: true });
    world.time.advance(SECOND);
    expect([(await asking).authorization, (await stored(world, id)).refreshToken]).toEqual([
      `Bearer ${brought.accessToken}`,
      brought.refreshToken,
    ]);
  });

  test('is not marked dead by the refusal of the old pair', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.tokens.expireRefreshTokens();
    upstream.script(silent);
    world.time.clock.advance(10 * DAY);
    const asking = world.accounts.credential(id);
    await world.asked(1);
    const brought = upstream.tokens.issue();
    await world.accounts.importAuthJson({ content: upstream.authJson(), acceptShared: true });
    world.time.advance(SECOND);
    expect([(await asking).authorization, world.view(id).health.state]).toEqual([
      `Bearer ${brought.accessToken}`,
      'ready',
    ]);
  });

  test('takes the answer where what was brought is the same pair', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    const content = upstream.authJson();
    upstream.script(silent);
    world.time.clock.advance(10 * DAY);
    const asking = world.accounts.credential(id);
    await world.asked(1);
    await world.accounts.importAuthJson({ content, acceptShared: true });
    world.time.advance(SECOND);
    expect([(await asking).authorization, (await stored(world, id)).refreshToken]).toEqual([
      `Bearer ${upstream.accessToken()}`,
      upstream.tokens.current.refreshToken,
    ]);
  });

  test('and deleted leaves no secret behind', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.script(silent);
    world.time.clock.advance(10 * DAY);
    const asking = world.accounts.credential(id).catch(({ code }) => code);
    await world.asked(1);
    const removing = world.accounts.remove(id);
    world.time.advance(SECOND);
    await removing;
    await asking;
    await world.pass(HOUR, MINUTE);
    expect([await stored(world, id), world.accounts.views()]).toEqual([null, []]);
  });
});
