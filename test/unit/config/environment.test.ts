import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEnvironment } from '../../../src-main/config/environment.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-environment-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const defaults = {
  home: null,
  port: 4141,
  chatgptBaseUrl: 'https://chatgpt.com/backend-api',
  authIssuer: 'https://auth.openai.com',
  openaiBaseUrl: 'https://api.openai.com/v1',
  secrets: null,
  passphrase: null,
  logLevel: 'info',
};

test('an empty environment gives the defaults, and so do empty variables', () => {
  expect(readEnvironment({})).toEqual(defaults);
  expect(readEnvironment({ RELAY_HOME: '', RELAY_PORT: ' ', RELAY_SECRETS: '', RELAY_PASSPHRASE: '' })).toEqual(
    defaults,
  );
});

test('every variable is read', () => {
  const variables = {
    RELAY_HOME: '/data/relay',
    RELAY_PORT: '0',
    RELAY_CHATGPT_BASE_URL: 'http://127.0.0.1:9000/backend-api/',
    RELAY_AUTH_ISSUER: 'http://localhost:9001',
    RELAY_OPENAI_BASE_URL: 'http://[::1]:9002/v1',
    RELAY_SECRETS: 'file',
    RELAY_PASSPHRASE: ' with spaces ',
    RELAY_LOG_LEVEL: 'debug',
  };
  expect(readEnvironment(variables)).toEqual({
    home: '/data/relay',
    port: 0,
    chatgptBaseUrl: 'http://127.0.0.1:9000/backend-api',
    authIssuer: 'http://localhost:9001',
    openaiBaseUrl: 'http://[::1]:9002/v1',
    secrets: 'file',
    passphrase: ' with spaces ',
    logLevel: 'debug',
  });
});

test.each([
  'http://example.com/v1',
  'http://127.0.0.1.example.com/v1',
  'http://localhost.example.com',
  'http://10.0.0.1/v1',
  'http://0.0.0.0/v1',
  'ftp://localhost/v1',
  'file:///etc/passwd',
  'chatgpt.com',
  'https://user:password@chatgpt.com',
  'https://chatgpt.com/?key=1',
  'https://chatgpt.com/#top',
])('the upstream address %s is refused with the name of its variable', (address) => {
  for (const name of ['RELAY_CHATGPT_BASE_URL', 'RELAY_AUTH_ISSUER', 'RELAY_OPENAI_BASE_URL']) {
    expect(() => readEnvironment({ [name]: address })).toThrow(
      expect.objectContaining({ code: 'invalid_value', message: expect.stringContaining(name) }),
    );
  }
});

test.each(['http://127.8.9.1:1/v1', 'http://127.1/v1', 'https://example.com/openai/v1', 'HTTPS://EXAMPLE.com'])(
  'the upstream address %s is taken',
  (address) => {
    const taken = readEnvironment({ RELAY_OPENAI_BASE_URL: address }).openaiBaseUrl;
    expect(taken).toBe(new URL(address).href.replace(/\/$/, ''));
  },
);

test('a refused address is not repeated, for it may hold a password', () => {
  const read = () => readEnvironment({ RELAY_OPENAI_BASE_URL: 'https://user:hunter2@example.com' });
  expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
});

test.each([
  ['RELAY_PORT', '65536'],
  ['RELAY_PORT', '-1'],
  ['RELAY_PORT', '4e3'],
  ['RELAY_SECRETS', 'memory'],
  ['RELAY_SECRETS', 'plain'],
  ['RELAY_LOG_LEVEL', 'loud'],
  ['RELAY_PASSPHRASE_FILE', '/no/such/file'],
])('%s=%s is refused', (name, value) => {
  expect(() => readEnvironment({ [name]: value })).toThrow(
    expect.objectContaining({ code: 'invalid_value', message: expect.stringContaining(name) }),
  );
});

test('the passphrase can stand in a file, whose last line end does not count', () => {
  const file = join(folder, 'passphrase');
  writeFileSync(file, 'correct horse \r\n');
  expect(readEnvironment({ RELAY_PASSPHRASE_FILE: file }).passphrase).toBe('correct horse ');
  expect(readEnvironment({ RELAY_PASSPHRASE_FILE: file, RELAY_PASSPHRASE: 'given' }).passphrase).toBe('given');
});

test('an empty passphrase file is refused instead of encrypting with nothing', () => {
  const file = join(folder, 'empty');
  writeFileSync(file, '\n');
  expect(() => readEnvironment({ RELAY_PASSPHRASE_FILE: file })).toThrow(
    'The file named by RELAY_PASSPHRASE_FILE is empty.',
  );
});

test('headers for a receiver of spans are read as OpenTelemetry writes them', () => {
  const read = (value: string) => readEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: value }).otlpHeaders;
  expect(read('X-Team=ops, authorization=Basic%20abc=')).toEqual({ 'x-team': 'ops', authorization: 'Basic abc=' });
  expect(() => read('nonsense')).toThrow('name=value');
});
