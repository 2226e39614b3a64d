import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog, type LogOptions } from '../../../src-main/log/log.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'relay-log-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function openLog(options: Partial<LogOptions> = {}) {
  const stderr: string[] = [];
  const writeStderr = (text: string) => void stderr.push(text);
  return { log: createLog({ dir, level: 'debug', stderr: 'warn', writeStderr, ...options }), stderr };
}

const fileText = (name = 'relay.log'): string => readFileSync(join(dir, name), 'utf8');
const fileLines = (): Record<string, unknown>[] =>
  fileText()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a line holds time, level, fields and sentence; children add theirs', async () => {
  const { log, stderr } = openLog();
  log.info({ port: 4141 }, 'Relay is running.');
  log.child({ callId: 'call_1' }).warn({ attempt: 2 }, 'The account is resting.');
  await log.close();
  expect(fileLines()).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), port: 4141, msg: 'Relay is running.' },
    { level: 'warn', time: expect.any(String), callId: 'call_1', attempt: 2, msg: 'The account is resting.' },
  ]);
  expect(stderr).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d warn {2}The account is resting\. callId=call_1 attempt=2\n$/),
  ]);
});

test('each output has its own level', async () => {
  const { log, stderr } = openLog({ level: 'error', stderr: 'debug' });
  log.debug({}, 'seen on stderr');
  log.error({}, 'seen on both');
  await log.close();
  expect(fileLines().map(({ msg }) => msg)).toEqual(['seen on both']);
  expect(stderr).toHaveLength(2);
});

test('stderr can be silent', async () => {
  const { log, stderr } = openLog({ stderr: 'silent' });
  log.error({}, 'only in the file');
  await log.close();
  expect(stderr).toEqual([]);
  expect(fileLines()).toHaveLength(1);
});

const jwt = `eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln`;
const secrets = [
  'sk-proj-abcdef123456',
  'rt_abc.DEF-123',
  'rk_0123456789',
  'at-0123456789abcdef0123',
  jwt,
  `Bearer ${'opaque'.repeat(4)}`,
];

test.each(secrets)('%s never reaches an output, wherever it stands', async (secret) => {
  const { log, stderr } = openLog({ stderr: 'debug' });
  const error = new Error(`upstream said: bad token ${secret}`, { cause: { hint: secret } });
  log.error({ error, note: `x ${secret}"`, deep: { list: [`(${secret})`] } }, `Refused ${secret}.`);
  log.child({ from: secret }).warn({}, 'child');
  await log.close();
  const bare = secret.replace('Bearer ', '');
  expect(fileText()).not.toContain(bare);
  expect(stderr.join('')).not.toContain(bare);
  expect(fileLines()[0]).toMatchObject({ msg: 'Refused [redacted].', note: 'x [redacted]"' });
});

test('fields that would hold a secret or a prompt are emptied by their name, in any spelling', async () => {
  const { log } = openLog();
  const fields = { Authorization: 'x1', 'set-cookie': 'x2', api_key: 'x3', body: { input: 'x4' }, refreshToken: 'x5' };
  log.info({ ...fields, request: { headers: { a: 'x6' }, messages: ['x7'] } }, 'closed');
  await log.close();
  expect(fileText()).not.toMatch(/x\d/);
});

test('codes and one-time tokens in addresses are removed', async () => {
  const { log } = openLog();
  log.info({ a: 'http://127.0.0.1/#/enter/AbCdEf012345', b: '/callback?code=SECRETCODE&state=SECRETSTATE&x=1' }, 'at');
  await log.close();
  expect(fileLines()[0]).toMatchObject({
    a: 'http://127.0.0.1/#/enter/[redacted]',
    b: '/callback?code=[redacted]&state=[redacted]&x=1',
  });
});

test("an error is written with its name, code, message, stack and cause, and none of a library's own fields", async () => {
  const { log } = openLog();
  const error = Object.assign(new TypeError('no route', { cause: new Error('deeper') }), {
    code: 'EHOSTUNREACH',
    request: { body: 'a prompt' },
  });
  log.warn({ error }, 'failed');
  await log.close();
  expect(fileLines()[0]?.['error']).toEqual({
    name: 'TypeError',
    code: 'EHOSTUNREACH',
    message: 'no route',
    stack: expect.stringContaining('TypeError: no route'),
    cause: { name: 'Error', message: 'deeper', stack: expect.any(String) },
  });
});

test('control characters cannot forge a line or steer a terminal', async () => {
  const { log, stderr } = openLog();
  log.warn({ agent: 'a\nb\u001b[2J\u009b1m' }, 'x\r\n12:00:00 error forged\u202e\u2028');
  await log.close();
  const all = fileText() + stderr.join('');
  expect(all.match(/\n/g)).toHaveLength(2);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must be gone
  expect(all).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
  expect(fileLines()[0]).toMatchObject({ agent: 'a\nb\u001b[2J\u009b1m' });
});

test('circular, deep, long and binary fields are cut, not followed', async () => {
  const { log } = openLog();
  const circle: Record<string, unknown> = { bytes: new Uint8Array(5), long: 'x'.repeat(10_000), run: () => 1, big: 1n };
  circle['self'] = circle;
  log.info({ circle, many: Array.from({ length: 1_000 }, (_, index) => index) }, 'cut');
  await log.close();
  expect(fileText().length).toBeLessThan(40_000);
  expect(fileLines()[0]).toMatchObject({ circle: { bytes: '[5 bytes]', run: '[function]', big: '1' } });
});

test('files are rotated by size, kept in number, and lose no line in between', async () => {
  const { log } = openLog({ maxBytes: 2_000, maxFiles: 3 });
  for (let line = 0; line < 60; line += 1) log.info({ line }, 'a line that fills the file bit by bit');
  await log.close();
  const names = readdirSync(dir).sort();
  expect(names).toEqual(['relay.1.log', 'relay.2.log', 'relay.log']);
  const kept = ['relay.2.log', 'relay.1.log', 'relay.log'].flatMap((name) =>
    [...fileText(name).matchAll(/"line":(\d+)/g)].map((match) => Number(match[1])),
  );
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 60 - kept.length + index));
});

test('a folder that vanishes loses lines and nothing else', async () => {
  const { log } = openLog();
  rmSync(dir, { recursive: true });
  log.info({}, 'lost');
  await log.close();
  mkdirSync(dir);
  expect(readdirSync(dir)).toEqual([]);
});

test('the files are closed to other users and appended to at the next start', async () => {
  const first = openLog().log;
  first.info({}, 'one');
  await first.close();
  const second = openLog().log;
  second.info({}, 'two');
  await second.close();
  expect(fileLines().map(({ msg }) => msg)).toEqual(['one', 'two']);
  expect((statSync(join(dir, 'relay.log')).mode & 0o777).toString(8)).toBe('600');
});

test('closing twice, and a line after that, do no harm', async () => {
  const { log } = openLog();
  const child = log.child({ a: 1 });
  await log.close();
  await log.close();
  child.info({}, 'late');
  expect(readdirSync(dir)).toEqual([]);
});
