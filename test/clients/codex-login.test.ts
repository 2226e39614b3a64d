import { describe, expect, test } from 'vitest';
import { codexMissing } from './codex-cli.ts';
import {
  arrivalsAt,
  conversationsOf,
  relayOf,
  served,
  signedInCodex,
  tokensOf,
  upstreamRequests,
  usageOf,
} from './codex-scene.ts';

const models = [
  { model: 'gpt-6.1-sol', form: 'lite' },
  { model: 'gpt-5.5', form: 'plain' },
] as const;

describe.skipIf(codexMissing !== null)('a Codex CLI that is signed in with a linked login', () => {
  for (const { model, form } of models) {
    test(`needs only openai_base_url for the ${form} model ${model}: its own token is its key`, async () => {
      const relay = await relayOf();
      const arrivals = arrivalsAt(relay);
      const codex = await signedInCodex(relay, builtIn(relay.url, model));

      const run = await codex.exec('sim:steps 3 echo ran-$((40+2))');

      expect(run).toMatchObject({ exitCode: 0, complaints: [], commandOutputs: ['ran-42\n', 'ran-42\n', 'ran-42\n'] });
      const calls = await relay.calls();
      expect(calls.map(served)).toEqual(Array(4).fill({ ...servedByA, endpoint: 'websocket' }));
      expect(calls.map(({ keyName }) => keyName)).toEqual(Array(4).fill('Codex login (a)'));
      expect(conversationsOf(calls)).toBe(1);
      expect(usageOf(run)).toEqual(tokensOf(calls));
      expect(upstreamRequests(relay)).toEqual(['a 200', 'a 200', 'a 200', 'a 200']);
      expect(arrivals).toContain('GET /v1/models');
      expect(arrivals.filter((arrival) => arrival.startsWith('POST /v1/'))).toEqual([]);
      expect(codex.strayHosts).toEqual([]);
      expect(relay.logged).toEqual([]);
    });

    // The built-in provider always takes WebSocket where it is served; this is how a user turns it off (PROTOCOL 2.6).
    test(`sends zstd bodies over HTTP for the ${form} model ${model}, which Relay understands`, async () => {
      const relay = await relayOf();
      const arrivals = arrivalsAt(relay);
      const codex = await signedInCodex(relay, withoutWebSockets(relay.url, model));

      const run = await codex.exec('sim:steps 3 echo ran-$((40+2))');

      expect(run).toMatchObject({ exitCode: 0, complaints: [], commandOutputs: ['ran-42\n', 'ran-42\n', 'ran-42\n'] });
      expect(arrivals.filter((arrival) => arrival.startsWith('POST /v1/'))).toEqual(
        Array(4).fill('POST /v1/responses zstd'),
      );
      const calls = await relay.calls();
      expect(calls.map(served)).toEqual(Array(4).fill({ ...servedByA, endpoint: 'responses' }));
      expect(conversationsOf(calls)).toBe(1);
      expect(usageOf(run)).toEqual(tokensOf(calls));
      expect(upstreamRequests(relay)).toEqual(['a 200', 'a 200', 'a 200', 'a 200']);
      expect(codex.strayHosts).toEqual([]);
      expect(relay.logged).toEqual([]);
    });
  }

  test('is served by another account of the pool when its own is at its limit', async () => {
    const relay = await relayOf();
    relay.simulator.account('a').always({ kind: 'usage-limit', resetsInSeconds: 3_600 });
    const codex = await signedInCodex(relay, builtIn(relay.url, 'gpt-5.5'));

    const run = await codex.exec('sim:shell echo one');

    expect(run).toMatchObject({ exitCode: 0, complaints: [], commandOutputs: ['one\n'] });
    expect(upstreamRequests(relay)).toEqual(['a 429', 'b 200', 'b 200']);
    expect(relay.logged).toEqual([]);
  });

  test('shows the usage of the whole pool as its own', async () => {
    const relay = await relayOf({
      accounts: [
        { name: 'a', kind: 'chatgpt', fiveHour: { usedPercent: 80 }, weekly: { usedPercent: 40 } },
        { name: 'b', kind: 'chatgpt', fiveHour: { usedPercent: 20 }, weekly: { usedPercent: 10 } },
      ],
    });
    const codex = await signedInCodex(relay, builtIn(relay.url, 'gpt-5.5'));
    const bearer = { authorization: `Bearer ${relay.simulator.account('a').accessToken()}` };

    const runs = [await codex.exec('sim:say hello'), await codex.exec('sim:say hello')];

    expect(runs.map(({ exitCode, messages }) => ({ exitCode, messages }))).toEqual(
      Array(2).fill({ exitCode: 0, messages: ['hello'] }),
    );
    expect(upstreamRequests(relay)).toEqual(['a 200', 'b 200']);
    const usage = await fetch(`${relay.url}/backend-api/wham/usage`, { headers: bearer });
    expect(await usage.json()).toMatchObject({
      rate_limit: {
        allowed: true,
        limit_reached: false,
        primary_window: { used_percent: 50, limit_window_seconds: 18_000 },
        secondary_window: { used_percent: 25, limit_window_seconds: 604_800 },
      },
    });
    expect(await codex.ask('account/rateLimits/read')).toMatchObject({
      rateLimits: {
        limitId: 'codex',
        primary: { usedPercent: 50, windowDurationMins: 300 },
        secondary: { usedPercent: 25, windowDurationMins: 10_080 },
      },
    });
  });
});

const servedByA = {
  status: 'ok',
  client: 'Codex CLI 0.169.0',
  accountLabel: 'a',
  attempts: ['a served'],
};

const builtIn = (url: string, model: string): string => `
model = "${model}"
openai_base_url = "${url}/v1"
chatgpt_base_url = "${url}/backend-api/"
`;

const withoutWebSockets = (url: string, model: string): string => `
model = "${model}"
model_provider = "relay"
chatgpt_base_url = "${url}/backend-api/"
[model_providers.relay]
name = "OpenAI"
base_url = "${url}/v1"
wire_api = "responses"
requires_openai_auth = true
`;
