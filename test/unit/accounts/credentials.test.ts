import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accounts } from '../../../src-main/accounts/accounts.ts';
import { createWorld, type World } from './accounts-under-test.ts';
import { ada, loginFile, mintToken } from './login-file.ts';

let world: World;
let accounts: Accounts;
beforeEach(async () => {
  world = await createWorld();
  accounts = world.accounts;
});
afterEach(() => world.database.close());

describe('secrets', () => {
  test('a locked store asks for the keyring to be unlocked, loses nothing, and works again after the unlock', async () => {
    const { id } = await world.importAda();
    const { secrets } = world;
    let isLocked = true;
    const later = await world.open({
      secrets: { ...secrets, get: async (name) => (isLocked ? null : secrets.get(name)) },
    });
    const sentence = 'The secret of this account cannot be read. Unlock your keyring, or add the account again.';
    await expect(later.credential(id)).rejects.toMatchObject({ code: 'secrets_locked', message: sentence });
    const locked = later.views()[0]?.health;
    isLocked = false;
    expect([locked, (await later.credential(id)).accountId, later.views()[0]?.health.state]).toEqual([
      { state: 'unlock-keyring', reason: sentence, until: null },
      ada.accountId,
      'ready',
    ]);
  });

  test('nothing is added when the store refuses the secret', async () => {
    const locked = await world.open({
      secrets: { ...world.secrets, set: async () => Promise.reject(new Error('locked')) },
    });
    await expect(locked.importAuthJson({ content: loginFile(ada), acceptShared: true })).rejects.toThrow('locked');
    expect([locked.list(), await world.database.all('SELECT * FROM accounts')]).toEqual([[], []]);
  });

  test('an account stays when its secret cannot be erased, and keeps working', async () => {
    const { id } = await world.importAda();
    const later = await world.open({
      secrets: { ...world.secrets, delete: async () => Promise.reject(new Error('locked')) },
    });
    await expect(later.remove(id)).rejects.toThrow('locked');
    expect([later.list().length, (await later.credential(id)).accountId]).toEqual([1, ada.accountId]);
  });

  test('a secret replaced from outside counts from then on', async () => {
    const { id } = await accounts.addApiKey({ apiKey: 'sk-old', wire: 'chat' });
    await world.secrets.set(`account/${id}`, JSON.stringify({ type: 'api-key', apiKey: 'sk-new' }));
    const before = await accounts.credential(id);
    accounts.secretChanged(id);
    expect([before.authorization, (await accounts.credential(id)).authorization]).toEqual([
      'Bearer sk-old',
      'Bearer sk-new',
    ]);
  });
});

describe('a linked login', () => {
  const path = '/home/ada/.codex/auth.json';
  const newer = { ...ada, exp: ada.exp! + 1_000, plan: 'pro', nonce: 'newer' };

  test('is adopted from its file when the owner renewed it, and is well again', async () => {
    world.files.set(path, loginFile(ada));
    const { id } = await world.importAda(path);
    accounts.needsSignIn(id, 'The upstream refused this login.');
    world.files.set(path, loginFile(newer));
    expect([
      (await accounts.credential(id)).authorization,
      accounts.views()[0]?.health.state,
      accounts.views()[0]?.plan,
    ]).toEqual([`Bearer ${mintToken(newer)}`, 'ready', 'pro']);
    world.files.delete(path);
    expect((await (await world.open()).credential(id)).authorization).toBe(`Bearer ${mintToken(newer)}`);
  });

  test('costs one look at the file in 5 s, however many calls there are', async () => {
    world.files.set(path, loginFile(ada));
    const { id } = await world.importAda(path);
    await Promise.all(Array.from({ length: 50 }, () => accounts.credential(id)));
    const first = world.reads();
    world.clock.advance(5_000);
    await Promise.all(Array.from({ length: 50 }, () => accounts.credential(id)));
    expect([first, world.reads()]).toEqual([1, 2]);
  });

  test.each([
    ['is gone', undefined],
    ['is half-written', '{"tokens":{"access_'],
    ['holds another person', loginFile({ ...newer, userId: 'user-bob' })],
    ['holds an older login', loginFile({ ...ada, exp: ada.exp! - 1_000, nonce: 'older' })],
    ['holds an API key', JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-x' })],
  ])('stays as it is when the file %s', async (_, text) => {
    const { id } = await world.importAda(path);
    if (text !== undefined) world.files.set(path, text);
    expect([(await accounts.credential(id)).authorization, world.reads()]).toEqual([`Bearer ${mintToken(ada)}`, 1]);
  });
});

describe('a client that is signed in with one of the logins', () => {
  const path = '/home/ada/.codex/auth.json';

  test('is known by its own access token and by nothing else', async () => {
    world.files.set(path, loginFile(ada));
    const { id } = await world.importAda(path);
    await accounts.addApiKey({ apiKey: 'sk-1', wire: 'chat' });
    const owner = async (bearer: string) => (await accounts.ownerOfToken(bearer))?.id ?? null;
    expect([
      await owner(mintToken(ada)),
      await owner(`${mintToken(ada)}x`),
      await owner(mintToken({ ...ada, nonce: 'forged' })),
      await owner('sk-1'),
      await owner(''),
    ]).toEqual([id, null, null, null, null]);
  });

  test('is known after a restart, before any call was made', async () => {
    const { id } = await world.importAda();
    expect((await (await world.open()).ownerOfToken(mintToken(ada)))?.id).toBe(id);
  });

  test('is known at once after it renewed its login, with one look at the file in 5 s for any number of strangers', async () => {
    const newer = { ...ada, exp: ada.exp! + 1_000, nonce: 'newer' };
    world.files.set(path, loginFile(newer));
    const { id } = await world.importAda(path);
    const renewed = await accounts.ownerOfToken(mintToken(newer));
    const strangers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => accounts.ownerOfToken(mintToken({ ...ada, nonce: `forged ${at}` }))),
    );
    expect([renewed?.id, strangers.every((each) => each === null), world.reads()]).toEqual([id, true, 1]);
    expect((await accounts.credential(id)).authorization).toBe(`Bearer ${mintToken(newer)}`);
  });

  test('is not known by the token of an account that is switched off', async () => {
    const { id } = await world.importAda();
    await accounts.setEnabled(id, false);
    expect(await accounts.ownerOfToken(mintToken(ada))).toBeNull();
  });
});
