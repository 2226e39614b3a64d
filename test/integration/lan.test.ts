import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { get as getSecure, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  makeRelayHome,
  type RelayHome,
  type RelayProcess,
  runRelay,
  startRelayProcess,
} from '../support/relay-process.ts';

/** An address under which this machine reaches itself as another one would. */
const own = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(url: string, options: RequestOptions = {}): Promise<Answer> {
  const get = url.startsWith('https:') ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
  });
}

function home(): RelayHome {
  const made = makeRelayHome();
  onTestFinished(() => made.remove());
  return made;
}

async function serve(at: RelayHome, args: readonly string[]): Promise<RelayProcess> {
  const relay = await startRelayProcess(at, ['serve', ...args]);
  onTestFinished(async () => {
    relay.kill('SIGKILL');
    await relay.ended;
  });
  return relay;
}

test('an address that other machines reach is refused without encryption, and wrong use is told', async () => {
  const at = home();
  const bare = await runRelay(at, ['serve', '--bind', '0.0.0.0']);
  const half = await runRelay(at, ['serve', '--bind', '0.0.0.0', '--tls-cert', 'x']);
  const none = await runRelay(at, ['serve', '--bind', '0.0.0.0', '--tls-cert', '/no/cert', '--tls-key', '/no/key']);
  expect([bare.code, half.code, none.code]).toEqual([2, 2, 1]);
  expect(bare.stderr).toMatch(/would not be encrypted.*--tls self-signed.*--insecure-lan/);
  expect(half.stderr).toContain('go together');
  expect(none.stderr).toContain('/no/cert cannot be read.');
});

test.skipIf(own === undefined)(
  'other machines get TLS on the port on which this one’s own programs speak plain HTTP',
  async () => {
    const at = home();
    const words = ['--bind', String(own), '--tls', 'self-signed', '--host', 'relay.test'];
    const relay = await serve(at, words);
    const { url, lan, firstKey } = relay.announcement;
    const { port } = new URL(url);
    const cert = readFileSync(join(at.dataDir, 'tls', 'cert.pem'), 'utf8');
    const headers = { authorization: `Bearer ${firstKey}` };
    const trusting = { ca: cert, headers };

    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(lan).toEqual({
      urls: [`https://${own}:${port}/v1`, `https://relay.test:${port}/v1`],
      fingerprint: new X509Certificate(cert).fingerprint256,
    });
    expect(statSync(join(at.dataDir, 'tls', 'key.pem')).mode & 0o777).toBe(0o600);
    const statuses = {
      'with a key': (await ask(`https://${own}:${port}/v1/models`, trusting)).status,
      'without one': (await ask(`https://${own}:${port}/v1/models`, { ca: cert })).status,
      'under the name that was given': (
        await ask(`https://${own}:${port}/v1/models`, {
          ...trusting,
          servername: 'relay.test',
          headers: { ...headers, host: `relay.test:${port}` },
        })
      ).status,
      'under a name of its own': (
        await ask(`https://${own}:${port}/v1/models`, {
          ...trusting,
          servername: 'localhost',
          headers: { ...headers, host: 'attacker.test' },
        })
      ).status,
      'from a page of its own': (
        await ask(`https://${own}:${port}/v1/models`, {
          ...trusting,
          headers: { ...headers, origin: `https://${own}:${port}` },
        })
      ).status,
      'from a foreign page': (
        await ask(`https://${own}:${port}/v1/models`, {
          ...trusting,
          headers: { ...headers, origin: 'https://attacker.test' },
        })
      ).status,
      'on this machine': (await ask(`${url}/v1/models`, { headers })).status,
      'the status page from elsewhere': (await ask(`https://${own}:${port}/status`, trusting)).status,
    };
    expect(statuses).toEqual({
      'with a key': 200,
      'without one': 401,
      'under the name that was given': 200,
      'under a name of its own': 403,
      'from a page of its own': 200,
      'from a foreign page': 403,
      'on this machine': 200,
      'the status page from elsewhere': 403,
    });
    const plain = await ask(`http://${own}:${port}/v1/models`, { headers });
    expect([plain.status, plain.text]).toEqual([403, expect.stringContaining('takes https only')]);
    const socket = new WebSocket(`wss://${own}:${port}/v1/responses`, trusting);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.terminate();
    expect((await runRelay(at, ['status'])).code).toBe(0);

    // Who says nothing does not keep it from ending.
    const silent = connect({ host: String(own), port: Number(port) });
    onTestFinished(() => void silent.destroy());
    await new Promise((resolve) => silent.once('connect', resolve));
    relay.kill('SIGTERM');
    expect(await relay.ended).toBe(0);
    const again = await serve(at, words);
    expect(again.announcement.lan?.fingerprint).toBe(lan?.fingerprint);
  },
);

test.skipIf(own === undefined)('who chooses to do without encryption gets it so, with keys all the same', async () => {
  const relay = await serve(home(), ['--bind', '0.0.0.0', '--insecure-lan']);
  const { url, lan, firstKey } = relay.announcement;
  const { port } = new URL(url);
  const at = `http://${own}:${port}/v1/models`;
  expect(lan?.urls).toContain(`http://${own}:${port}/v1`);
  expect((await ask(at, { headers: { authorization: `Bearer ${firstKey}` } })).status).toBe(200);
  expect((await ask(at)).status).toBe(401);
  expect((await ask(`${url}/v1/models`, { headers: { authorization: `Bearer ${firstKey}` } })).status).toBe(200);
  await expect.poll(() => relay.stderr()).toContain('is not encrypted');
});
