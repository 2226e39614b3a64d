import { describe, expect, test } from 'vitest';
import type { SimulatedAccount } from '../../../src-main/simulator/simulated-account.ts';
import { createLoginWorld, DAY, HOUR, type LoginWorld, MINUTE, SECOND } from './logins-under-test.ts';

/** An account whose pair Relay got itself, so that no other program holds it. */
async function addOwn(world: LoginWorld): Promise<{ id: string; upstream: SimulatedAccount }> {
  const added = await world.add('ann');
  world.time.clock.advance(10 * DAY);
  await world.accounts.credential(added.id);
  world.simulator.clearJournal();
  return added;
}
const sent = (world: LoginWorld) => world.simulator.journal.map(({ path, body }) => [path, body]);
const deletions = async (world: LoginWorld) =>
  (await world.accounts.audit.list({ limit: 50 })).entries
    .filter(({ what }) => what === 'deleted')
    .map(({ actor, accountLabel, detail }) => [actor, accountLabel, detail]);

describe('deleting an account', () => {
  test('of Relay’s own login ends it at the sign-in service, then erases its secret', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await addOwn(world);
    const { refreshToken } = upstream.tokens.current;
    let secretAtDelete: string | null = null;
    const registry = await world.open({
      secrets: {
        ...world.secrets,
        async delete(name) {
          secretAtDelete = JSON.stringify(sent(world));
          await world.secrets.delete(name);
        },
      },
    });
    await registry.as('cli').remove(id);
    const revoked = [
      '/oauth/revoke',
      { token_type_hint: 'refresh_token', token: refreshToken, client_id: 'app_EMoamEEZ73f0CkXaXp7hrann' },
    ];
    expect([sent(world), secretAtDelete, await world.secrets.get(`account/${id}`)]).toEqual([
      [revoked],
      JSON.stringify([revoked]),
      null,
    ]);
    expect([upstream.tokens.refresh(refreshToken).state, await deletions(world)]).toEqual([
      'invalidated',
      [['cli', 'ann', 'Deleted, and its secret with it. Its login was ended at the sign-in service.']],
    ]);
  });

  test.each([
    ['linked', '/home/ann/.codex/auth.json'],
    ['pasted', undefined],
  ])('whose login was %s and that another program uses too does not sign that program out', async (_, path) => {
    const world = await createLoginWorld();
    const { id } = await world.add('ann', path);
    await world.accounts.remove(id);
    expect([sent(world), await world.secrets.get(`account/${id}`), await deletions(world)]).toEqual([
      [],
      null,
      [
        [
          'automatic',
          'ann',
          'Deleted, and its secret with it. The login itself was not ended, because another program uses it too.',
        ],
      ],
    ]);
  });

  test('whose login is linked does not end it either after Relay renewed it', async () => {
    const world = await createLoginWorld();
    const { id } = await world.add('ann', '/home/ann/.codex/auth.json');
    world.time.clock.advance(10 * DAY);
    await world.accounts.credential(id);
    world.simulator.clearJournal();
    await world.accounts.remove(id);
    expect(sent(world)).toEqual([]);
  });

  test('while its login is being renewed ends the new pair', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await addOwn(world);
    upstream.script({ kind: 'silence', at: 'before-headers', ms: SECOND, when: { endpoint: 'token' } });
    world.time.clock.advance(10 * DAY);
    const asking = world.accounts.credential(id).catch(() => undefined);
    await world.asked(1);
    const removing = world.accounts.remove(id);
    world.time.advance(SECOND);
    await removing;
    await asking;
    expect(sent(world).at(-1)).toEqual([
      '/oauth/revoke',
      expect.objectContaining({ token: upstream.tokens.current.refreshToken }),
    ]);
  });

  test('waits for a silent sign-in service for 10 s, and erases the secret all the same', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await addOwn(world);
    upstream.script({ kind: 'silence', at: 'before-headers', when: { endpoint: 'revoke' } });
    const removing = world.accounts.remove(id);
    await world.asked(1);
    world.time.advance(10 * SECOND);
    await removing;
    expect([world.accounts.views(), await world.secrets.get(`account/${id}`), await deletions(world)]).toEqual([
      [],
      null,
      [
        [
          'automatic',
          'ann',
          'Deleted, and its secret with it. The sign-in service could not be told to end its login.',
        ],
      ],
    ]);
  });

  test('R-07 lets the calls that run on it end first, and is out of the list at once', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await addOwn(world);
    const account = world.accounts.get(id)!;
    account.inFlight = 2;
    await world.accounts.as('dashboard').remove(id);
    const gone = [world.accounts.list(), world.accounts.leaving()];
    await world.pass(HOUR, MINUTE);
    const kept = [sent(world), (await world.secrets.get(`account/${id}`)) !== null];
    account.inFlight = 0;
    world.time.advance(SECOND);
    await world.asked(1);
    await world.accounts.keepAlive.stop();
    expect([gone, kept]).toEqual([
      [[], [account]],
      [[], true],
    ]);
    expect([sent(world).length, await world.secrets.get(`account/${id}`), world.accounts.leaving()]).toEqual([
      1,
      null,
      [],
    ]);
    expect([upstream.tokens.refresh(upstream.tokens.current.refreshToken).state, await deletions(world)]).toEqual([
      'invalidated',
      [['dashboard', 'ann', 'Deleted. Its secret follows when the calls that run on it have ended.']],
    ]);
    expect((await world.open()).leaving()).toEqual([]);
  });

  test('R-07 goes on after a restart, and the same login can be added anew meanwhile', async () => {
    const world = await createLoginWorld();
    const { id, upstream } = await addOwn(world);
    world.accounts.get(id)!.inFlight = 1;
    await world.accounts.remove(id);
    upstream.tokens.issue();
    const anew = await world.accounts.importAuthJson({ content: upstream.authJson(), acceptShared: true });
    await world.accounts.settled();
    const restarted = await world.open();
    restarted.keepAlive.start();
    const before = [restarted.views().map((view) => view.id), restarted.leaving().map((account) => account.id)];
    world.time.advance(SECOND);
    await world.asked(1);
    await restarted.keepAlive.stop();
    expect([before, await world.secrets.get(`account/${id}`), restarted.leaving()]).toEqual([
      [[anew.id], [id]],
      null,
      [],
    ]);
    expect((await restarted.credential(anew.id)).authorization).toBe(`Bearer ${upstream.accessToken()}`);
  });

  test('is tried again a minute later where the store did not let go of the secret', async () => {
    const world = await createLoginWorld();
    const { id } = await world.add('ann');
    let isLocked = true;
    const registry = await world.open({
      secrets: {
        ...world.secrets,
        delete: async (name) => (isLocked ? Promise.reject(new Error('locked')) : world.secrets.delete(name)),
      },
    });
    const account = registry.get(id)!;
    account.inFlight = 1;
    await registry.remove(id);
    account.inFlight = 0;
    const settle = async (ms: number): Promise<void> => {
      world.time.advance(ms);
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await settle(SECOND);
    isLocked = false;
    await settle(50 * SECOND);
    const before = registry.leaving().length;
    await settle(10 * SECOND);
    expect([before, registry.leaving().length, await world.secrets.get(`account/${id}`)]).toEqual([1, 0, null]);
  });
});
