import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeSecret, prefixOf } from '../../../src-main/keys/key-secret.ts';
import { createSimulator } from '../../../src-main/simulator/simulator.ts';
import { systemClock } from '../../../src-shared/domain/clock.ts';
import { secretsIn } from '../../support/secrets-in.ts';

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('the search for secrets in a data folder finds every kind of them in any file, and takes no digest for one', () => {
  const folder = ownFolder();
  const key = makeSecret(randomBytes);
  const simulator = createSimulator({ clock: systemClock, accounts: [{ name: 'home', kind: 'chatgpt' }] });
  const account = simulator.account('home');
  const { accessToken, refreshToken } = account.tokens.current;
  mkdirSync(join(folder, 'logs'));
  const files = { 'a.log': key, 'logs/b.jsonl': accessToken, 'relay.db': refreshToken, 'relay.db-wal': account.apiKey };
  for (const [name, secret] of Object.entries(files)) writeFileSync(join(folder, name), `\u0000before${secret}\u0000`);
  const digest = createHash('sha256').update(key).digest('hex');
  writeFileSync(join(folder, 'row'), `Laptop${prefixOf(key)}${digest}`);
  expect(secretsIn(folder).sort()).toEqual([
    'a key of Relay in a.log',
    'a refresh token in relay.db',
    'a token in logs/b.jsonl',
    'an API key in relay.db-wal',
  ]);
  expect(secretsIn(join(folder, 'none'))).toEqual([]);
});

test('a secret is found where a file is read in pieces, also where one piece ends within it', () => {
  const folder = ownFolder();
  const piece = 64 * 2 ** 20;
  const bytes = Buffer.alloc(piece + 100_000, 0x20);
  bytes.write('rt_0123456789abcdef0123456789abcdef', piece - 10, 'latin1');
  writeFileSync(join(folder, 'large'), bytes);
  expect(secretsIn(folder)).toContain('a refresh token in large');
});
