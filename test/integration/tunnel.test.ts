import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { makeFakeTunnel, publicHost } from '../support/fake-tunnel.ts';
import { rawCall, sseData } from '../support/raw-call.ts';
import { codeOf, keyOf, notes, type Outside, outside, tunnelScene, viewOf } from '../support/tunnel-scene.ts';

vi.setConfig({ testTimeout: 60_000 });
const onUnix = test.skipIf(process.platform === 'win32');

describe('an open tunnel', () => {
  onUnix('leads to /v1 alone, for its own limited key alone', async () => {
    const at = await tunnelScene();
    const { relay, fake, open } = at;
    expect(await viewOf(at)).toMatchObject({ state: 'off', installed: ['cloudflared'] });
    const before = Date.now();
    const opened = await open({ forMs: 3_600_000 });
    const { secret, keyId } = opened;
    const own = keyOf(at, keyId);
    expect(opened).toEqual({
      ...{ state: 'open', via: 'cloudflared', baseUrl: `https://${publicHost}/v1`, keyId: own.id, secret },
      ...{ openedAt: expect.any(Number), expiresAt: own.expiresAt, reason: null, installed: ['cloudflared'] },
    });
    expect(own).toMatchObject({
      ...{ name: expect.stringMatching(/^Tunnel [0-9a-f]{8}$/), revokedAt: null },
      ...{ requestsPerMinute: 60, tokensPerMinute: 2_000_000, concurrency: 8, endpoints: ['responses', 'chat'] },
    });
    expect([own.expiresAt! - before >= 3_600_000, own.expiresAt! <= Date.now() + 3_600_000]).toEqual([true, true]);
    expect(relay.relay.status().tunnel).toMatchObject({ via: 'cloudflared', baseUrl: `https://${publicHost}/v1` });

    const asked: Record<string, Outside> = {
      'the models': { path: '/v1/models', secret },
      'a call': { method: 'POST', path: '/v1/responses', secret, body: { model: 'gpt-5.5', input: 'sim:say hello' } },
      'x-api-key': { path: '/v1/models', headers: { 'x-api-key': secret } },
      'another key': { path: '/v1/models', secret: relay.key },
      'no key': { path: '/v1/models' },
      'a linked login': { path: '/v1/models', secret: relay.simulator.account('a').tokens.current.accessToken },
      'the API token on /v1': { path: '/v1/models', secret: relay.apiToken },
      'the API with its token': { path: '/api/status', secret: relay.apiToken },
      'the API with the key': { path: '/api/status', secret },
      'the tunnel itself': { method: 'DELETE', path: '/api/tunnel', secret },
      'the dashboard': { path: '/', secret },
      'the dashboard without a key': { path: '/' },
      'the entrance of sessions': { method: 'POST', path: '/api/session', secret, body: { token: 'x' } },
      status: { path: '/status', secret },
      'status as JSON': { path: '/status.json', secret },
      metrics: { path: '/metrics', secret },
      health: { path: '/health/live', secret },
      'the usage of the backend': { path: '/backend-api/wham/usage', secret },
      'calls as the backend': { path: '/backend-api/codex/models', secret },
      'the Codex API': { path: '/api/codex/usage', secret },
      'a path without /v1': { path: '/models', secret },
      'a path of a project': { path: '/p/mine/v1/models', secret },
      'a way out of /v1': { path: '/v1/../api/status', secret },
      'an encoded way out of /v1': { path: '/v1/%2e%2e/api/status', secret },
      'a whole address': { path: 'http://127.0.0.1/api/status', secret },
      'what only an API key serves': { method: 'POST', path: '/v1/embeddings', secret, body: { input: 'a' } },
      "Relay's own name": { path: '/v1/models', secret, headers: { host: new URL(relay.url).host } },
      localhost: { path: '/v1/models', secret, headers: { host: 'localhost' } },
      'another name': { path: '/v1/models', secret, headers: { host: 'evil.example' } },
      'the name with a dot': { path: '/v1/models', secret, headers: { host: `${publicHost}.` } },
      'its own name as the forwarded one': {
        path: '/api/status',
        secret: relay.apiToken,
        headers: {
          'x-forwarded-host': '127.0.0.1',
          forwarded: 'for=127.0.0.1;host=127.0.0.1',
          'cf-connecting-ip': '::1',
        },
      },
      'a page of another site': { path: '/v1/models', secret, headers: { origin: 'https://evil.example' } },
      'a socket': { path: '/v1/responses', secret, headers: { connection: 'upgrade', upgrade: 'websocket' } },
    };
    const answers: Record<string, unknown> = {};
    for (const [what, request] of Object.entries(asked)) answers[what] = codeOf(await outside(fake, request));
    const unknown = [401, 'invalid_api_key'];
    const foreign = [403, 'forbidden_host'];
    const nothing = [404, 'not_found'];
    expect(answers).toEqual({
      'the models': [200, null],
      'a call': [200, null],
      'x-api-key': [200, null],
      'another key': unknown,
      'no key': unknown,
      'a linked login': unknown,
      'the API token on /v1': unknown,
      'the API with its token': unknown,
      'the API with the key': nothing,
      'the tunnel itself': nothing,
      'the dashboard': nothing,
      'the dashboard without a key': unknown,
      'the entrance of sessions': nothing,
      status: nothing,
      'status as JSON': nothing,
      metrics: nothing,
      health: nothing,
      'the usage of the backend': nothing,
      'calls as the backend': nothing,
      'the Codex API': nothing,
      'a path without /v1': nothing,
      'a path of a project': nothing,
      'a way out of /v1': nothing,
      'an encoded way out of /v1': nothing,
      'a whole address': nothing,
      'what only an API key serves': [403, 'permission_denied'],
      "Relay's own name": foreign,
      localhost: foreign,
      'another name': foreign,
      'the name with a dot': foreign,
      'its own name as the forwarded one': unknown,
      'a page of another site': [403, 'forbidden_origin'],
      'a socket': [405, 'method_not_allowed'],
    });
    // The public name means nothing at Relay's own port.
    for (const path of ['/v1/models', '/api/status', '/health/live']) {
      const headers = { host: publicHost, authorization: `Bearer ${secret}` };
      expect(codeOf(await rawCall(relay.url, { method: 'GET', path, headers }))).toEqual(foreign);
    }
  });

  onUnix('serves what Cursor sends, counts it for its key, and tells no other program what Relay knows', async () => {
    const at = await tunnelScene();
    const { relay, fake, open, api } = at;
    const { secret, keyId } = await open();
    const { findings } = await relay.relay.doctor.examine();
    expect(findings.filter(({ subject }) => subject === 'tunnel')).toMatchObject([
      { state: 'warning', sentence: expect.stringContaining(`A tunnel is open at ${publicHost} until `) },
    ]);
    // Responses-shaped input at the address of Chat Completions, as Cursor has it.
    const answer = await outside(fake, {
      ...{ method: 'POST', path: '/v1/chat/completions', secret },
      body: { model: 'gpt-5.5', stream: true, input: [{ role: 'user', content: 'sim:say hello from afar' }] },
    });
    const chunks = sseData(answer.text) as { choices?: { delta: { content?: string } }[] }[];
    expect(chunks.map(({ choices }) => choices?.[0]?.delta.content ?? '').join('')).toBe('hello from afar');
    expect((await relay.calls()).map((call) => [call.keyId, call.endpoint, call.status])).toEqual([
      [keyId, 'chat', 'ok'],
    ]);
    const { args, variables } = fake.told()!;
    expect(args).toEqual(['tunnel', '--no-autoupdate', '--url', expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)]);
    expect(args[3]).not.toBe(relay.url);
    expect(variables.filter((name) => name.startsWith('RELAY_'))).toEqual([]);

    expect(codeOf(await api('POST'))).toEqual([409, 'conflict']);
    const shown = [(await api('GET')).text, JSON.stringify(relay.relay.status()), ...relay.logged].join('\n');
    const audit = JSON.stringify(await relay.relay.accounts.audit.list({ limit: 10 }));
    expect([shown.includes(secret), audit.includes(secret), await notes(at)]).toEqual([
      false,
      false,
      ['api tunnel-opened'],
    ]);
  });

  onUnix('is told to whoever follows the live events', async () => {
    const { relay, open } = await tunnelScene();
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const headers = { authorization: `Bearer ${relay.apiToken}` };
    const events = await fetch(`${relay.url}/api/events`, { headers, signal: over.signal });
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    let read = '';
    const until = async (words: string): Promise<void> => {
      while (!read.includes(words)) read += (await reader.read()).value ?? '';
    };
    await until('event: status');
    await open();
    await until(`"baseUrl":"https://${publicHost}/v1"`);
  });
});

onUnix('tailscale funnel is opened in its own words', async () => {
  const at = await tunnelScene(makeFakeTunnel('tailscale'));
  const { via, baseUrl, secret } = await at.open();
  expect([via, baseUrl, at.fake.told()!.args]).toEqual([
    'tailscale',
    'https://desk.tail1234.ts.net/v1',
    ['funnel', expect.stringMatching(/^\d+$/)],
  ]);
  const headers = { host: 'desk.tail1234.ts.net', 'tailscale-user-login': 'somebody@example.test' };
  expect((await outside(at.fake, { path: '/v1/models', secret, headers })).status).toBe(200);
});
