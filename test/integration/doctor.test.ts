import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkUpstreams } from '../../src-main/doctor/upstream-checks.ts';
import { type DoctorReport, doctorSchema } from '../../src-shared/contract/doctor.ts';
import {
  type CommandResult,
  makeNewHome,
  makeRelayHome,
  type RelayHome,
  runRelay,
  startRelayProcess,
} from '../support/relay-process.ts';
import { startRelay } from '../support/running-relay.ts';

/** Nothing answers on this port: whoever had it is gone. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function listening(answer = (): string => new Date().toUTCString()): Promise<number> {
  const server = createServer({ sendDate: false } as object, (_request, response) => {
    response.sendDate = false;
    response.setHeader('date', answer());
    response.end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((ready) => server.once('listening', ready));
  return (server.address() as AddressInfo).port;
}

async function home(variables: NodeJS.ProcessEnv = {}, make = makeRelayHome): Promise<RelayHome> {
  const dead = await freePort();
  const made = make({
    RELAY_CHATGPT_BASE_URL: `http://127.0.0.1:${dead}/backend-api`,
    RELAY_AUTH_ISSUER: `http://127.0.0.1:${await listening()}`,
    ...variables,
  });
  onTestFinished(() => made.remove());
  return made;
}

const reportOf = ({ stdout }: CommandResult): DoctorReport => doctorSchema.parse(JSON.parse(stdout));
const brokenIn = (report: DoctorReport) =>
  report.findings.filter(({ state }) => state === 'broken').map(({ check, sentence, fix }) => [check, sentence, fix]);

test('a Relay that runs well is found so, without a call to any account', async () => {
  const relay = await startRelay({ accounts: [{ name: 'a', kind: 'chatgpt' }], secrets: 'file' });
  onTestFinished(() => relay.stop());
  await relay.relay.desk.views();
  const report = await relay.relay.doctor.examine();
  expect(brokenIn(report)).toEqual([]);
  expect(report).toMatchObject({ running: true, healthy: true });
  expect(new Set(report.findings.map(({ check }) => check))).toEqual(
    new Set(['node', 'data-folder', 'lock', 'port', 'database', 'secrets', 'upstream', 'clock', 'account']),
  );
  expect(relay.simulator.modelRequests()).toEqual([]);
  await relay.relay.desk.as('cli').setEnabled(relay.relay.accounts.list()[0]!.id, false);
  expect((await relay.relay.doctor.examine()).findings).toContainEqual({
    ...{ check: 'account', subject: null, state: 'warning', fix: 'relay accounts enable ID' },
    sentence: 'Every account is switched off, so no call can be served.',
  });
});

test('clients whose key is revoked, or whose settings were changed, are found with the command that mends them', async () => {
  const relay = await startRelay();
  onTestFinished(() => relay.stop());
  const { dataDir } = relay.relay.status();
  const post = (path: string) =>
    fetch(`${relay.url}/api/clients/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${relay.apiToken}` },
    });
  for (const client of ['codex', 'aider', 'opencode']) expect((await post(`${client}/connect`)).status).toBe(200);
  const codexKey = relay.relay.keys.list().find(({ name }) => name === 'Codex')!;
  await relay.relay.keys.revoke(codexKey.id);
  writeFileSync(join(dataDir, 'home', '.aider.conf.yml'), 'openai-api-base: http://127.0.0.1:1/v1\n');

  const clients = (await relay.relay.doctor.examine()).findings.filter(({ check }) => check === 'client');

  expect(clients).toEqual([
    expect.objectContaining({
      subject: 'codex',
      state: 'broken',
      sentence: expect.stringContaining('revoked'),
      fix: 'relay connect codex',
    }),
    expect.objectContaining({ subject: 'opencode', state: 'ok', fix: null }),
    expect.objectContaining({
      subject: 'aider',
      state: 'broken',
      sentence: expect.stringContaining('.aider.conf.yml'),
      fix: 'relay connect aider',
    }),
  ]);
});

test('after a restart at another port connected clients point elsewhere', async () => {
  const relay = await startRelay({ secrets: 'file' });
  const headers = { authorization: `Bearer ${relay.apiToken}` };
  await fetch(`${relay.url}/api/clients/aider/connect`, { method: 'POST', headers });
  const next = await relay.restart();
  onTestFinished(() => next.stop());
  const broken = (await next.relay.doctor.examine()).findings.filter(({ state }) => state === 'broken');
  expect(broken).toMatchObject([{ check: 'client', subject: 'aider', fix: 'relay connect aider' }]);
  expect(broken[0]?.sentence).toContain(`It points to ${relay.url}/v1, and Relay is at ${next.url}/v1`);
});

test('without a data folder it says so and makes none; the port is looked at', async () => {
  const port = await listening();
  const at = await home({ RELAY_PORT: String(port) }, makeNewHome);
  const result = await runRelay(at, ['doctor', '--json']);
  const report = reportOf(result);
  expect(result.code).toBe(1);
  expect(report.running).toBe(false);
  expect(report.findings.find(({ check }) => check === 'data-folder')).toMatchObject({
    state: 'warning',
    fix: 'relay serve',
  });
  expect(statSync(at.dataDir, { throwIfNoEntry: false })).toBeUndefined();
  const [found] = brokenIn(report);
  expect(found?.[0]).toBe('port');
  if (process.platform === 'linux') expect(found?.[1]).toContain(`(process ${process.pid})`);
  expect(found?.[2]).toContain(`relay serve --port ${port + 1}`);
});

test('an upstream that is gone, a stopped Relay and a client of it are told in words, and the exit code is 1', async () => {
  const at = await home();
  const relay = await startRelayProcess(at);
  const connected = await runRelay(at, ['connect', 'aider']);
  const running = await runRelay(at, ['doctor', '--json']);
  relay.kill('SIGTERM');
  await relay.ended;
  const stopped = await runRelay(at, ['doctor', '--json']);
  const words = await runRelay(at, ['doctor']);

  expect([connected.code, running.code, stopped.code, words.code]).toEqual([0, 1, 1, 1]);
  expect(reportOf(running)).toMatchObject({ running: true, healthy: false });
  for (const report of [reportOf(running), reportOf(stopped)]) {
    expect(brokenIn(report)).toEqual([
      ['upstream', expect.stringContaining('nothing listens there'), expect.any(String)],
    ]);
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        check: 'account',
        state: 'warning',
        fix: 'relay login, or with an API key: relay accounts add --api-key -',
      }),
    );
    expect(report.findings).toContainEqual(expect.objectContaining({ check: 'client', subject: 'aider', state: 'ok' }));
  }
  expect(words.stdout).toMatch(/^BROKEN {3}127\.0\.0\.1:\d+ cannot be reached/m);
  expect(words.stderr).toContain('One thing is broken.');
});

test.skipIf(process.platform === 'win32')(
  'a folder open to others, a damaged database and a Relay that hangs are each found',
  async () => {
    const at = await home({}, makeNewHome);
    mkdirSync(at.dataDir, { mode: 0o700 });
    writeFileSync(
      join(at.dataDir, 'relay.db'),
      'this is no database, and it is longer than the header of one would be, by some more text',
    );
    const damaged = reportOf(await runRelay(at, ['doctor', '--json']));
    chmodSync(at.dataDir, 0o755);
    const open = reportOf(await runRelay(at, ['doctor', '--json']));
    chmodSync(at.dataDir, 0o700);
    const holder = {
      pid: process.pid,
      url: `http://127.0.0.1:${await freePort()}`,
      apiToken: 'x',
      startedAt: 1,
      process: null,
    };
    const identity = (await import('../../src-main/config/process-identity.ts')).systemProcesses.identity(process.pid);
    writeFileSync(join(at.dataDir, 'lock'), JSON.stringify({ ...holder, process: identity }));
    const hanging = reportOf(await runRelay(at, ['doctor', '--json']));

    expect(brokenIn(damaged)).toEqual([['database', expect.stringContaining('relay serve --recover'), null]]);
    expect(brokenIn(open)).toEqual([
      ['data-folder', expect.stringContaining('open to other users'), `chmod 700 '${at.dataDir}'`],
    ]);
    expect(statSync(at.dataDir).mode & 0o777).toBe(0o700);
    if (identity !== null)
      expect(brokenIn(hanging)).toEqual([['lock', expect.stringContaining('does not answer'), `kill ${process.pid}`]]);
  },
);

test('a clock that is an hour off is told from an upstream’s own date; a second is not', async () => {
  const hour = 3_600_000;
  const off = await listening(() => new Date(Date.now() + hour).toUTCString());
  const exact = await listening();
  const look = (port: number) => checkUpstreams([`http://127.0.0.1:${port}/v1`], { fetch, now: Date.now });
  expect((await look(off)).at(-1)).toMatchObject({
    check: 'clock',
    state: 'broken',
    sentence: expect.stringMatching(/(1 h|59 min).* behind/),
  });
  expect((await look(exact)).at(-1)).toMatchObject({ check: 'clock', state: 'ok' });
});
