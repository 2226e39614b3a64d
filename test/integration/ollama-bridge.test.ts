import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { KeyCreate } from '../../src-shared/contract/key.ts';
import { ollamaSchema } from '../../src-shared/contract/ollama.ts';
import { type RawRequest, rawCall } from '../support/raw-call.ts';
import { makeRelayHome, runRelay, startRelayProcess } from '../support/relay-process.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let relay: RunningRelay;
beforeEach(async () => {
  relay = await startRelay();
});
afterEach(() => relay.stop());

/** Serves Ollama clients on a free port, as a key of this kind. */
async function open(kind: Partial<KeyCreate> = {}): Promise<{ url: string; keyId: string }> {
  const { key } = await relay.relay.keys.create({ name: 'Ollama clients', ...kind });
  await relay.relay.settings.patch({ 'ollama.enabled': true, 'ollama.port': 0, 'ollama.keyId': key.id });
  return { url: (await relay.relay.ollama.view()).url!, keyId: key.id };
}

const hello = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'sim:say hello' }], stream: false };
/** As curl sends it: without a word on the media type, a key or an origin. */
async function ask(
  url: string,
  path = '/api/chat',
  { headers = {}, ...more }: Partial<RawRequest> = {},
  body: object | null = hello,
) {
  const answer = await rawCall(url, {
    ...{ path, headers: { host: new URL(url).host, ...headers }, ...more },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: answer.text === '' ? null : JSON.parse(answer.text) };
}
const get = (url: string, path: string, headers: Record<string, string> = {}) =>
  ask(url, path, { method: 'GET', headers }, null);

describe('the bridge for Ollama clients', () => {
  test('is off by default, is turned on and off while Relay runs, and says where it is', async () => {
    const off = { state: 'off', url: null, reason: null, keyId: null, keyWorks: false };
    const shown = async () =>
      ollamaSchema.parse((await get(relay.url, '/api/ollama', { authorization: `Bearer ${relay.apiToken}` })).body);
    expect(await shown()).toEqual(off);
    const { url, keyId } = await open();
    expect(await shown()).toEqual({ state: 'listening', url, reason: null, keyId, keyWorks: true });
    expect((await ask(url)).body.message).toEqual({ role: 'assistant', content: 'hello' });
    await relay.relay.settings.patch({ 'ollama.enabled': false });
    expect(await shown()).toEqual({ ...off, keyId, keyWorks: true });
    await expect(ask(url)).rejects.toThrow('ECONNREFUSED');
  });

  test('says who has its port, and listens as soon as it is given another', async () => {
    const other: Server = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    await relay.relay.settings.patch({ 'ollama.enabled': true, 'ollama.port': port });
    const failed = await relay.relay.ollama.view();
    expect([failed.state, failed.url]).toEqual(['failed', null]);
    expect(failed.reason).toMatch(new RegExp(`^Port ${port} is taken by .+\\. End that, or choose another port`));
    expect(relay.logged).toEqual([expect.stringContaining(failed.reason!)]);
    const examined = async () =>
      (await relay.relay.doctor.examine()).findings.filter(({ subject }) => subject === 'ollama');
    expect(await examined()).toMatchObject([
      { state: 'broken', sentence: failed.reason, fix: 'relay ollama start --port N' },
    ]);
    await relay.relay.settings.patch({ 'ollama.port': 0 });
    expect((await relay.relay.ollama.view()).state).toBe('listening');
    expect(await examined()).toMatchObject([{ state: 'broken', fix: 'relay ollama start' }]);
    const { url } = await open();
    expect(await examined()).toMatchObject([{ state: 'ok', sentence: `Ollama clients are served at ${url}.` }]);
  });

  test('is reached by its own name, by no page, and leads to nothing else of Relay', async () => {
    const { url } = await open();
    const { port } = new URL(url);
    const answers = {
      localhost: (await ask(url, '/api/chat', { headers: { host: `localhost:${port}` } })).status,
      'an app made of web parts': (
        await ask(url, '/api/chat', { headers: { origin: 'app://obsidian.md', 'sec-fetch-site': 'cross-site' } })
      ).status,
      'another name': await ask(url, '/api/chat', { headers: { host: `evil.example:${port}` } }),
      'a page': await ask(url, '/api/chat', { headers: { origin: 'https://evil.example' } }),
      'a page of nowhere': (await ask(url, '/api/chat', { headers: { origin: 'null' } })).status,
      'an image of a page': (await get(url, '/api/tags', { 'sec-fetch-site': 'cross-site' })).status,
      'the dashboard’s API': await get(url, '/api/status', { authorization: `Bearer ${relay.apiToken}` }),
      'the status page': (await get(url, '/status.json')).status,
      metrics: (await get(url, '/metrics')).status,
      'the backend': (await get(url, '/backend-api/wham/usage')).status,
      'a way out': (await get(url, '/v1/../api/status')).status,
      'another method': await get(url, '/api/chat'),
      'somebody there': (await rawCall(url, { method: 'GET', path: '/', headers: { host: `127.0.0.1:${port}` } })).text,
    };
    expect(answers).toEqual({
      localhost: 200,
      'an app made of web parts': 200,
      'another name': { status: 403, body: { error: 'Relay answers only to its own host names.' } },
      'a page': { status: 403, body: { error: 'Relay does not answer requests from web pages of another origin.' } },
      'a page of nowhere': 403,
      'an image of a page': 403,
      'the dashboard’s API': { status: 404, body: { error: expect.stringContaining('does not serve /api/status') } },
      'the status page': 404,
      metrics: 404,
      'the backend': 404,
      'a way out': 404,
      'another method': { status: 405, body: { error: '/api/chat takes POST only.' } },
      'somebody there': 'Ollama is running',
    });
    // And Relay's own port serves nothing of it.
    expect((await ask(relay.url, '/api/chat')).status).toBe(401);
  });

  test('counts calls for its key, or for the one that is sent, and takes any word that clients send in place of one', async () => {
    const { url, keyId } = await open();
    const own = await relay.relay.keys.create({ name: 'own' });
    const statuses = [];
    for (const authorization of [null, 'Bearer ollama', `Bearer ${own.secret}`, 'Bearer sk-relay-nobodys']) {
      statuses.push((await ask(url, '/api/chat', { headers: authorization === null ? {} : { authorization } })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 401]);
    expect((await relay.calls()).map((call) => call.keyId)).toEqual([keyId, keyId, own.key.id]);
  });

  test('serves nobody without a key while none is chosen, or the chosen one is revoked', async () => {
    const { url, keyId } = await open();
    await relay.relay.keys.revoke(keyId);
    const refused = await ask(url);
    expect([refused.status, refused.body.error]).toEqual([
      401,
      'The key for clients that send none is revoked or expired. Choose one on the Connect page, or with: relay ollama start',
    ]);
    expect((await relay.relay.ollama.view()).keyWorks).toBe(false);
    await relay.relay.settings.patch({ 'ollama.keyId': null });
    expect((await get(url, '/api/tags')).body.error).toMatch(/^No key is chosen /);
    expect((await ask(url, '/api/chat', { headers: { authorization: `Bearer ${relay.key}` } })).status).toBe(200);
  });

  test('keeps to the key’s scope and limits, and to a pause, in Ollama’s words', async () => {
    const { url, keyId } = await open({ models: ['gpt-5.5'], requestsPerMinute: 2 });
    const { body } = await get(url, '/api/tags');
    expect(body.models.map(({ name }: { name: string }) => name)).toEqual(['gpt-5.5:latest']);
    const model = relay.relay.accounts.views()[0]!.models.find((each) => each !== 'gpt-5.5')!;
    const other = await ask(url, '/api/chat', {}, { ...hello, model });
    expect([other.status, other.body]).toEqual([403, { error: `This key may not use the model "${model}".` }]);
    await relay.relay.pause.pause({}, 'api');
    const paused = await ask(url);
    expect([paused.status, paused.body.error]).toEqual([503, expect.stringMatching(/^Relay is paused/)]);
    await relay.relay.pause.resume('api');
    let last = await ask(url);
    for (let call = 0; call < 3 && last.status === 200; call++) last = await ask(url);
    expect([last.status, last.body.error]).toEqual([
      429,
      expect.stringMatching(/^This key may make 2 requests a minute/),
    ]);
    await relay.relay.keys.change(keyId, { endpoints: ['responses'], requestsPerMinute: null });
    expect((await ask(url)).status).toBe(403);
  });

  test('serves the OpenAI surface that Ollama has too, as VS Code uses it, without a key', async () => {
    const { url, keyId } = await open();
    const chat = await ask(url, '/v1/chat/completions', { headers: { 'content-type': 'application/json' } });
    expect(chat.body.choices[0].message.content).toBe('hello');
    const missing = await ask(url, '/v1/chat/completions', {}, { ...hello, model: 'no-such' });
    expect([missing.status, missing.body.error.code]).toEqual([404, 'model_not_found']);
    expect((await relay.calls()).map((call) => [call.keyId, call.endpoint])).toEqual([
      [keyId, 'chat'],
      [keyId, 'chat'],
    ]);
  });

  test('moves a call to another account before its answer, and says in lines that it still waits', async () => {
    await relay.stop();
    relay = await startRelay({
      accounts: [
        { name: 'a', kind: 'chatgpt' },
        { name: 'b', kind: 'chatgpt' },
      ],
      settings: { 'timeouts.keepAliveMs': 50 },
    });
    const { url } = await open();
    const slow: ScriptEntry = { kind: 'silence', at: 'created', ms: 400 };
    for (const name of ['a', 'b']) relay.simulator.account(name).script({ kind: 'status', status: 500 }, slow);
    const answer = await rawCall(url, {
      ...{ path: '/api/chat', headers: { host: new URL(url).host } },
      body: JSON.stringify({ ...hello, stream: undefined }),
    });
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    expect(lines.map(({ message }) => message.content).join('')).toBe('hello');
    expect(lines[0]).toMatchObject({ message: { role: 'assistant', content: '' }, done: false });
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: 'stop', eval_count: expect.any(Number) });
    const [call] = await relay.calls();
    expect(call!.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'served']);
  });
});

test('relay ollama turns it on with a key of its own, keeps that, and turns it off', async () => {
  vi.setConfig({ testTimeout: 60_000 });
  const home = makeRelayHome();
  onTestFinished(() => home.remove());
  const served = await startRelayProcess(home);
  onTestFinished(() => served.kill('SIGKILL'));
  const first = await runRelay(home, ['ollama', 'start', '--port', '0']);
  expect([first.code, first.stdout]).toEqual([
    0,
    expect.stringMatching(/^Ollama clients are served at http:\/\/127\.0\.0\.1:\d+ as the key key_[0-9a-f]+\.\n$/),
  ]);
  const again = await runRelay(home, ['ollama', 'start', '--json']);
  const { url, keyId } = ollamaSchema.parse(JSON.parse(again.stdout));
  expect(first.stdout).toContain(`${url} as the key ${keyId}.`);
  expect((await get(url!, '/api/version')).body.version).toMatch(/^\d/);
  const { port } = new URL(served.announcement.url);
  const taken = await runRelay(home, ['ollama', 'start', '--port', port]);
  expect([taken.code, taken.stdout, taken.stderr]).toEqual([
    1,
    '',
    expect.stringMatching(new RegExp(`^Ollama clients are not served: Port ${port} is taken by `)),
  ]);
  const stopped = await runRelay(home, ['ollama', 'stop']);
  expect(stopped.stdout).toBe('Ollama clients are not served. Serve them: relay ollama start\n');
  served.kill('SIGTERM');
  expect(await served.ended).toBe(0);
});
