import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createApiAccess } from '../../src-main/cli/api-access.ts';
import { systemProcesses } from '../../src-main/config/process-identity.ts';
import { createSimulator } from '../../src-main/simulator/simulator.ts';
import { tunnelSchema } from '../../src-shared/contract/tunnel.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { makeFakeTunnel, publicHost } from '../support/fake-tunnel.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { rawCall } from '../support/raw-call.ts';
import { makeRelayHome, runRelay, startRelayProcess } from '../support/relay-process.ts';
import { codeOf, keyOf, notes, outside, runs, tunnelScene, viewOf } from '../support/tunnel-scene.ts';

vi.setConfig({ testTimeout: 60_000 });
const onUnix = test.skipIf(process.platform === 'win32');

describe('a tunnel ends', () => {
  onUnix('when a person closes it, and may be opened anew with another key', async () => {
    const at = await tunnelScene();
    const { relay, fake, api, open } = at;
    const first = await open();
    const { pid, port } = fake.told()!;
    const closed = tunnelSchema.parse(JSON.parse((await api('DELETE')).text));
    expect([closed.state, closed.keyId, closed.reason, systemProcesses.isRunning(pid)]).toEqual([
      'off',
      null,
      null,
      false,
    ]);
    expect(keyOf(at, first.keyId).revokedAt).not.toBeNull();
    await expect(rawCall(`http://127.0.0.1:${port}`, { path: '/v1/models', method: 'GET' })).rejects.toThrow();
    const headers = { authorization: `Bearer ${first.secret}` };
    expect(codeOf(await rawCall(relay.url, { method: 'GET', path: '/v1/models', headers }))).toEqual([
      401,
      'invalid_api_key',
    ]);
    expect((await api('DELETE')).status).toBe(200);
    const second = await open();
    expect([second.keyId === first.keyId, second.state, await notes(at)]).toEqual([
      false,
      'open',
      ['api tunnel-opened', 'api tunnel-closed', 'api tunnel-opened'],
    ]);
  });

  onUnix('with its program, and says why', async () => {
    const at = await tunnelScene();
    const { fake, open, relay } = at;
    const { keyId } = await open();
    process.kill(fake.told()!.pid, 'SIGKILL');
    await expect.poll(() => keyOf(at, keyId).revokedAt).not.toBeNull();
    await expect.poll(() => notes(at)).toEqual(['automatic tunnel-closed', 'api tunnel-opened']);
    expect(await viewOf(at)).toMatchObject({ state: 'off', reason: expect.stringContaining('cloudflared ended: ') });
    expect([relay.relay.status().tunnel, relay.logged]).toEqual([
      null,
      [expect.stringMatching(/^The tunnel was closed: cloudflared ended: /)],
    ]);
  });

  onUnix('when its time is over', async () => {
    const time = createManualTime(Date.now());
    const at = await tunnelScene(makeFakeTunnel(), { time });
    const { keyId } = await at.open({ forMs: 60_000 });
    time.advance(60_000);
    await expect.poll(() => keyOf(at, keyId).revokedAt).not.toBeNull();
    expect([(await viewOf(at)).reason, runs(at.fake)]).toEqual(['its time was over.', false]);
  });

  onUnix('with Relay, also where the program does not want to', async () => {
    const time = createManualTime(Date.now());
    const at = await tunnelScene(makeFakeTunnel('cloudflared', { deaf: true }), { time });
    await at.open();
    const over = at.quit();
    await time.untilSet(3_000);
    expect(runs(at.fake)).toBe(true);
    time.advance(3_000);
    await over;
    expect(runs(at.fake)).toBe(false);
  });

  onUnix('also while it is still opening', async () => {
    const at = await tunnelScene(makeFakeTunnel('cloudflared', { says: ['Thinking about it.'] }));
    const opening = at.api('POST');
    await expect.poll(() => at.fake.told()).not.toBeNull();
    expect((await viewOf(at)).state).toBe('opening');
    expect((await at.api('DELETE')).status).toBe(200);
    expect(codeOf(await opening)).toEqual([409, 'conflict']);
    expect([runs(at.fake), (await viewOf(at)).state, at.relay.relay.keys.list().map(({ name }) => name)]).toEqual([
      false,
      'off',
      ['test'],
    ]);
  });
});

describe('what cannot be opened', () => {
  onUnix('is said in the last words of the program, and no key is left', async () => {
    // Real words of a machine without a network: that address is where the program asks, not the tunnel's.
    const says = [
      'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: no such host',
    ];
    const at = await tunnelScene(makeFakeTunnel('cloudflared', { says, dies: true }));
    const answer = await at.api('POST');
    expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([
      502,
      `cloudflared ended before a tunnel was open: ${says[0]}`,
    ]);
    expect([at.relay.relay.keys.list().map(({ name }) => name), await notes(at)]).toEqual([['test'], []]);
  });

  onUnix('ends in bounded time where the program says anything but an address', async () => {
    const time = createManualTime(Date.now());
    const says = [
      '\u0000\u001b[31mgarbage',
      'https://trycloudflare.com.evil.example',
      'https://x.trycloudflare.com.evil.example/',
    ];
    const at = await tunnelScene(makeFakeTunnel('cloudflared', { says }), { time });
    const opening = at.api('POST');
    await expect.poll(() => at.fake.told()).not.toBeNull();
    time.advance(45_000);
    const answer = await opening;
    expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([
      504,
      expect.stringMatching(/^cloudflared told no public address within 45 s\. Its last words: /),
    ]);
    expect([runs(at.fake), at.relay.relay.keys.list().length]).toEqual([false, 1]);
  });

  onUnix('is said with what to install', async () => {
    const at = await tunnelScene();
    const named = await at.api('POST', { via: 'tailscale' });
    at.fake.remove();
    const none = await at.api('POST');
    const how =
      'installed. Install cloudflared (https://github.com/cloudflare/cloudflared) or Tailscale (https://tailscale.com/download) and try again.';
    expect([named, none].map(({ status, text }) => [status, JSON.parse(text).error.message])).toEqual([
      [404, `tailscale is not ${how}`],
      [404, `Neither cloudflared nor tailscale is ${how}`],
    ]);
    expect(at.fake.told()).toBeNull();
  });
});

onUnix('with a Relay that a second signal ends at once, while calls run, and its key at the next start', async () => {
  const fake = makeFakeTunnel();
  const simulator = createSimulator({ clock: systemClock, accounts: [{ name: 'a', kind: 'openai' }] });
  const { openaiBaseUrl } = await simulator.start();
  onTestFinished(() => simulator.stop());
  const home = makeRelayHome({ PATH: fake.folder, RELAY_OPENAI_BASE_URL: openaiBaseUrl });
  onTestFinished(() => home.remove());
  const served = await startRelayProcess(home);
  onTestFinished(() => served.kill('SIGKILL'));
  const { url, apiToken } = served.announcement;
  const api = createApiAccess({ url, apiToken, pid: 0 });
  const { apiKey } = simulator.account('a');
  await api.accounts.addApiKey({ type: 'api-key', apiKey, wire: 'responses', label: 'a' });
  const { secret, keyId } = await api.tunnel.start({}, 'cli');
  simulator.account('a').script({ kind: 'silence', at: 'created', ms: 3_600_000 });
  const body = { model: 'gpt-5.5', input: 'Hello', stream: true };
  const call = outside(fake, { method: 'POST', path: '/v1/responses', secret, body }).catch(() => null);
  await expect.poll(async () => (await api.status()).callsInFlight).toBe(1);
  served.kill('SIGTERM');
  await expect.poll(async () => (await rawCall(url, { path: '/v1/responses' })).status).toBe(503);
  let over = false;
  void served.ended.then(() => {
    over = true;
  });
  // A wish that arrives twice at the same moment is one, so it is said until it is heard.
  const insist = (): boolean => {
    if (!over) served.kill('SIGTERM');
    return over;
  };
  await expect.poll(insist, { interval: 150 }).toBe(true);
  await call;
  await expect.poll(() => runs(fake)).toBe(false);
  const second = await startRelayProcess(home);
  onTestFinished(() => second.kill('SIGKILL'));
  const keys = await createApiAccess({ ...second.announcement, pid: 0 }).keys.list();
  expect(keys.find(({ id }) => id === keyId)?.revokedAt).toEqual(expect.any(Number));
});

describe('on the command line', () => {
  onUnix(
    'it is opened, shown and closed; a Relay that was killed takes its tunnel back when it starts again',
    async () => {
      const fake = makeFakeTunnel();
      const home = makeRelayHome({ PATH: fake.folder });
      onTestFinished(() => home.remove());
      const first = await startRelayProcess(home);
      onTestFinished(() => first.kill('SIGKILL'));
      const started = await runRelay(home, ['tunnel', 'start', '--for', '2h']);
      expect([started.code, started.stdout.split('\n'), started.stderr]).toEqual([
        0,
        [
          `Base URL  https://${publicHost}/v1`,
          expect.stringMatching(/^Key {7}sk-relay-\S+$/),
          expect.stringMatching(
            new RegExp(`^The tunnel is open at https://${publicHost}/v1 through cloudflared until .+`),
          ),
          '',
        ],
        'Whoever has this key can use your accounts from anywhere, until: relay tunnel stop\n',
      ]);
      const secret = /sk-relay-\S+/.exec(started.stdout)![0];
      const status = await runRelay(home, ['status']);
      expect(status.stdout).toMatch(new RegExp(`^Tunnel {7}open at https://${publicHost}/v1 until `, 'm'));
      const { pid } = fake.told()!;
      first.kill('SIGKILL');
      await first.ended;
      expect([systemProcesses.isRunning(pid), existsSync(join(home.dataDir, 'tunnel.json'))]).toEqual([true, true]);
      onTestFinished(() => {
        if (systemProcesses.isRunning(pid)) process.kill(pid, 'SIGKILL');
      });

      const second = await startRelayProcess(home);
      onTestFinished(() => second.kill('SIGKILL'));
      const headers = { authorization: `Bearer ${secret}` };
      const tried = await rawCall(second.announcement.url, { method: 'GET', path: '/v1/models', headers });
      expect(codeOf(tried)).toEqual([401, 'invalid_api_key']);
      // Elsewhere the system does not tell the program from one that has its number since: it leads nowhere any more.
      if (process.platform === 'linux') await expect.poll(() => systemProcesses.isRunning(pid)).toBe(false);
      expect(existsSync(join(home.dataDir, 'tunnel.json'))).toBe(false);
      const shown = await runRelay(home, ['tunnel', 'status']);
      expect([shown.code, shown.stdout]).toEqual([0, 'The tunnel is closed. Open it: relay tunnel start\n']);
      second.kill('SIGTERM');
      expect(await second.ended).toBe(0);
    },
  );
});
