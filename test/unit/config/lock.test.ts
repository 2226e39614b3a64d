import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, type LockPorts, readLock } from '../../../src-main/config/lock.ts';
import { systemProcesses } from '../../../src-main/config/process-identity.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A machine on which the given processes run, by pid and identity. */
function machine(running: Record<number, string | null>, answers = false): LockPorts {
  return {
    processes: {
      identity: (pid) => running[pid] ?? null,
      isRunning: (pid) => pid in running,
    },
    answers: async () => answers,
  };
}

const self = { [process.pid]: 'boot:1' };
const lockFile = () => join(folder, 'lock');
const writeLock = (content: object | string) =>
  writeFileSync(lockFile(), typeof content === 'string' ? content : JSON.stringify(content));
const stale = { pid: 77, url: 'http://127.0.0.1:4141', apiToken: 'token', startedAt: 1, process: 'boot:0' };

test('the lock says who holds the folder and, once published, where it answers', async () => {
  const ports = machine(self);
  const lock = await acquireLock(folder, 123, ports);
  const held = { pid: process.pid, url: null, apiToken: null, startedAt: 123, process: 'boot:1' };
  expect(await readLock(folder, ports)).toEqual(held);
  lock.publish({ url: 'http://127.0.0.1:4141', apiToken: 'secret' });
  expect(await readLock(folder, ports)).toEqual({ ...held, url: 'http://127.0.0.1:4141', apiToken: 'secret' });
  expect((statSync(lockFile()).mode & 0o777).toString(8)).toBe('600');
  lock.release();
  expect(await readLock(folder, ports)).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

test('a second one is told where the first runs, and the lock stays as it is', async () => {
  const ports = machine(self);
  const lock = await acquireLock(folder, 1, ports);
  await expect(acquireLock(folder, 2, ports)).rejects.toMatchObject({
    code: 'conflict',
    message: `Another Relay command (process ${process.pid}) is using the data folder. Try again in a moment.`,
  });
  lock.publish({ url: 'http://127.0.0.1:4141', apiToken: 'secret' });
  const before = readFileSync(lockFile(), 'utf8');
  await expect(acquireLock(folder, 2, ports)).rejects.toMatchObject({
    code: 'conflict',
    message: `Relay is already running at http://127.0.0.1:4141 (process ${process.pid}).`,
  });
  expect(readFileSync(lockFile(), 'utf8')).toBe(before);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test.each([
  ['of a process that is gone', stale, {}],
  ['of a process whose pid another one has now', stale, { 77: 'boot:5' }],
  ['from before the machine started', stale, { 77: 'other-boot:0' }],
  ['that is empty', '', {}],
  ['that is not a lock', '{"pid":"77"}', { 77: 'boot:0' }],
] as const)('a lock %s is taken over', async (_case, content, others) => {
  writeLock(content);
  const ports = machine({ ...self, ...others });
  expect(await readLock(folder, ports)).toBeNull();
  await acquireLock(folder, 5, ports);
  expect(await readLock(folder, ports)).toMatchObject({ pid: process.pid, startedAt: 5 });
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('where processes cannot be told apart, the holder is asked whether it answers', async () => {
  writeLock({ ...stale, process: null });
  const silent = machine({ ...self, 77: null });
  expect(await readLock(folder, silent)).toBeNull();
  const answering = machine({ ...self, 77: null }, true);
  expect(await readLock(folder, answering)).toEqual({ ...stale, process: null });
  await expect(acquireLock(folder, 2, answering)).rejects.toMatchObject({ code: 'conflict' });
});

test('of many that find the same stale lock at once, exactly one takes it', async () => {
  writeLock(stale);
  const ports = machine(self);
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => acquireLock(folder, index, ports)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('a guard left by a process that died while taking over does not block the folder', async () => {
  writeLock(stale);
  writeFileSync(join(folder, 'lock.takeover'), JSON.stringify({ ...stale, pid: 78 }));
  const ports = machine(self);
  await acquireLock(folder, 5, ports);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('a lock that was taken over is not removed by its late former holder', async () => {
  const lock = await acquireLock(folder, 1, machine(self));
  writeLock(stale);
  lock.release();
  expect(readFileSync(lockFile(), 'utf8')).toBe(JSON.stringify(stale));
});

test('a folder that cannot hold a lock is refused in words', async () => {
  await expect(acquireLock(join(folder, 'missing'), 1)).rejects.toMatchObject({ code: 'storage_error' });
});

test('this process is running under one identity, and no process has pid 2^22 + 1', () => {
  expect(systemProcesses.isRunning(process.pid)).toBe(true);
  expect(systemProcesses.identity(process.pid)).toBe(systemProcesses.identity(process.pid));
  expect(systemProcesses.isRunning(4_194_305)).toBe(false);
  expect(systemProcesses.identity(4_194_305)).toBeNull();
});

test('another program on the port of a vanished Relay is not taken for it and gets no token', async () => {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('{"hello":"world"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  writeLock({ ...stale, pid: process.pid, url: `http://127.0.0.1:${port}`, process: null });
  expect(await readLock(folder)).toBeNull();
  expect(seen).toEqual([undefined]);
  server.close();
});
