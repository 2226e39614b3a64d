import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore, prepareFileStore } from '../../../src-main/secrets/file-store.ts';
import { createSealKeyDeriver, deriveSealKey } from '../../../src-main/secrets/sealed-secrets.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'relay-secrets-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const randomBytes = createCountingBytes();
const open = (passphrase = 'correct horse') =>
  openFileStore({ dataDir, passphrase, randomBytes, cost: { N: 1_024, r: 8, p: 1 } });
const path = () => join(dataDir, 'secrets.enc');

describe('the encrypted file', () => {
  test('gives back after a restart what was put in, and not what was deleted', async () => {
    const store = await open();
    await store.set('a', 'first');
    await store.set('b', 'zwölf €');
    await store.delete('a');
    const reopened = await open();
    expect([await reopened.get('a'), await reopened.get('b')]).toEqual([null, 'zwölf €']);
  });

  test('is readable by its owner only, holds no secret in clear, and leaves no other file', async () => {
    const store = await open();
    await store.set('name-of-it', 'sk-very-secret');
    const text = await readFile(path(), 'utf8');
    expect({
      mode: (await stat(path())).mode & 0o777,
      files: await readdir(dataDir),
      clear: /sk-very-secret|name-of-it|correct horse/.test(text),
    }).toEqual({ mode: 0o600, files: ['secrets.enc'], clear: false });
  });

  test('loses none of many changes made at once', async () => {
    const store = await open();
    const names = Array.from({ length: 20 }, (_, at) => `secret-${at}`);
    await Promise.all(names.map((name) => store.set(name, `value of ${name}`)));
    const reopened = await open();
    expect(await Promise.all(names.map((name) => reopened.get(name)))).toEqual(names.map((name) => `value of ${name}`));
  });

  test('derives its key once where that was begun before it is opened, and anew for another passphrase', async () => {
    await (await open()).set('a', 'value');
    const derived: string[] = [];
    const derive = createSealKeyDeriver((passphrase, ...rest) => {
      derived.push(passphrase);
      return deriveSealKey(passphrase, ...rest);
    });
    prepareFileStore(dataDir, 'correct horse', derive);
    const store = await openFileStore({ dataDir, passphrase: 'correct horse', randomBytes, derive });
    expect([await store.get('a'), derived]).toEqual(['value', ['correct horse']]);
    await expect(openFileStore({ dataDir, passphrase: 'wrong', randomBytes, derive })).rejects.toMatchObject({
      code: 'secrets_locked',
    });
    expect(derived).toEqual(['correct horse', 'wrong']);
  });

  test('has nothing to begin with where there is no file, or one that is not its own', async () => {
    const derived: string[] = [];
    const prepare = () =>
      prepareFileStore(dataDir, 'correct horse', (passphrase) => {
        derived.push(passphrase);
        return Promise.reject(new Error('nothing to derive from'));
      });
    prepare();
    await writeFile(path(), 'not a file of Relay');
    prepare();
    await writeFile(path(), '{}');
    prepare();
    expect(derived).toEqual([]);
  });

  test('refuses a wrong passphrase with one sentence and does not touch the file', async () => {
    await (await open()).set('a', 'value');
    const before = await readFile(path(), 'utf8');
    await expect(open('wrong horse')).rejects.toMatchObject({
      code: 'secrets_locked',
      message: 'The passphrase does not open secrets.enc. Set RELAY_PASSPHRASE to the one it was made with.',
    });
    expect(await readFile(path(), 'utf8')).toBe(before);
  });

  test.each(['data', 'iv', 'tag'])('detects a change of its %s', async (field) => {
    await (await open()).set('a', 'value');
    const sealed = JSON.parse(await readFile(path(), 'utf8'));
    const bytes = Buffer.from(sealed[field], 'base64');
    bytes[0] = bytes[0]! ^ 1;
    await writeFile(path(), JSON.stringify({ ...sealed, [field]: bytes.toString('base64') }));
    await expect(open()).rejects.toMatchObject({ code: 'storage_error', message: damaged });
  });

  test.each(['', '{', '[]', '{"version":1}', 'not a file of Relay'])('refuses %j as its content', async (text) => {
    await writeFile(path(), text);
    await expect(open()).rejects.toMatchObject({ code: 'storage_error', message: damaged });
  });

  test('does not spend memory because a changed file asks for it', async () => {
    await (await open()).set('a', 'value');
    const sealed = JSON.parse(await readFile(path(), 'utf8'));
    await writeFile(path(), JSON.stringify({ ...sealed, cost: { N: 2 ** 30, r: 8, p: 1 } }));
    await expect(open()).rejects.toMatchObject({ code: 'storage_error' });
  });

  test('keeps working with what it has when the disk refuses a change', async () => {
    const store = await open();
    await store.set('a', 'kept');
    await rm(dataDir, { recursive: true });
    await writeFile(dataDir, 'a file where the folder was');
    await expect(store.set('a', 'lost')).rejects.toMatchObject({ code: 'storage_error' });
    expect(await store.get('a')).toBe('kept');
  });

  test('never seals two states with the same nonce', async () => {
    const store = await open();
    const nonces: string[] = [];
    for (const value of ['1', '2', '3']) {
      await store.set('a', value);
      nonces.push(JSON.parse(await readFile(path(), 'utf8')).iv);
    }
    expect(new Set(nonces).size).toBe(3);
  });
});

const damaged =
  'The file secrets.enc was changed or damaged. Restore it from a backup, or move it away and add the accounts again.';
