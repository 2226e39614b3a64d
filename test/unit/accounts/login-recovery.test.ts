import { describe, expect, test } from 'vitest';
import type { ScriptEntry } from '../../../src-main/simulator/fault.ts';
import { createLoginWorld, type LoginWorld, MINUTE, SECOND } from './logins-under-test.ts';

const reason = 'The upstream refused this login.';
const held = async (world: LoginWorld, id: string): Promise<string> =>
  (await world.accounts.credential(id)).authorization;
const atToken = (entry: object): ScriptEntry => ({ ...entry, when: { endpoint: 'token' } }) as ScriptEntry;

describe('after a 401', () => {
  test('is one refresh for any number of calls, also for those that come when it is over', async () => {
    const world = await createLoginWorld();
    const { id } = await world.add('ann');
    const refused = await held(world, id);
    const first = await Promise.all(Array.from({ length: 100 }, () => world.accounts.recover(id, refused, reason)));
    const late = await world.accounts.recover(id, refused, reason);
    expect([new Set(first), late, world.exchanges()]).toEqual([
      new Set(['renewed']),
      'renewed',
      [expect.objectContaining({ refresh_reason: 'unauthorized_recovery' })],
    ]);
  });

  test('a linked login is read again from its file first, then refreshed, then needs a person', async () => {
    const path = '/home/ann/.codex/auth.json';
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann', path);
    const first = await held(world, id);
    upstream.refreshElsewhere();
    world.files.set(path, upstream.authJson());
    const adopted = await world.accounts.recover(id, first, reason);
    const second = await held(world, id);
    const afterFile = world.exchanges().length;
    const refreshed = await world.accounts.recover(id, second, reason);
    const third = await held(world, id);
    const last = await world.accounts.recover(id, third, reason);
    expect([
      adopted,
      afterFile,
      refreshed,
      world.exchanges().length,
      last,
      new Set([first, second, third]).size,
    ]).toEqual(['renewed', 0, 'renewed', 1, 'refused', 3]);
    expect(world.view(id).health).toEqual({
      state: 'needs-sign-in',
      reason: 'The upstream refuses this login although it was renewed just now. Sign in again.',
      until: null,
    });
  });

  test('of a login that worked since it was renewed is no reason to do it again at once, but a little later', async () => {
    const world = await createLoginWorld();
    const { id } = await world.add('ann');
    await world.accounts.recover(id, await held(world, id), reason);
    world.accounts.accepted(id);
    world.time.clock.advance(10 * SECOND);
    const early = await world.accounts.recover(id, await held(world, id), reason);
    const { health } = world.view(id);
    world.time.clock.advance(30 * SECOND);
    const later = await world.accounts.recover(id, await held(world, id), reason);
    expect([early, health.state, later, world.exchanges().length]).toEqual(['later', 'resting', 'renewed', 2]);
  });

  test('joins a refresh that is under way for another reason', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await world.add('ann');
    upstream.script(atToken({ kind: 'silence', at: 'before-headers', ms: SECOND }));
    const refused = await held(world, id);
    world.time.clock.advance(10 * 24 * 60 * MINUTE);
    const asking = held(world, id);
    await world.asked(1);
    const recovering = world.accounts.recover(id, refused, reason);
    world.time.advance(SECOND);
    expect([await recovering, await asking, world.exchanges().length]).toEqual([
      'renewed',
      `Bearer ${upstream.accessToken()}`,
      1,
    ]);
  });

  test('of an account that needs a person already asks the sign-in service nothing', async () => {
    const world = await createLoginWorld();
    const { id } = await world.add('ann');
    world.accounts.needsSignIn(id, 'This account was deactivated.');
    expect([
      await world.accounts.recover(id, await held(world, id), reason),
      world.exchanges(),
      world.view(id).health.reason,
    ]).toEqual(['refused', [], 'This account was deactivated.']);
  });

  test('of an account that is gone, or whose secret cannot be read, never rejects', async () => {
    const world = await createLoginWorld();
    const { id } = await world.add('ann');
    const locked = await world.open({ secrets: { ...world.secrets, get: async () => null } });
    expect([
      await world.accounts.recover('acc_gone', 'Bearer x', reason),
      await locked.recover(id, 'Bearer x', reason),
      locked.views()[0]?.health.state,
    ]).toEqual(['refused', 'later', 'unlock-keyring']);
  });
});
