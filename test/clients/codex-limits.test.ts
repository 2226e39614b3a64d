import { describe, expect, test } from 'vitest';
import type { RunningRelay } from '../support/running-relay.ts';
import { codexMissing } from './codex-cli.ts';
import { codexAt, conversationsOf, relayOf, served, tokensOf, upstreamRequests, usageOf } from './codex-scene.ts';

const transports = [
  { transport: 'HTTP', webSockets: false, endpoint: 'responses' },
  { transport: 'WebSocket', webSockets: true, endpoint: 'websocket' },
] as const;

describe.skipIf(codexMissing !== null)('usage limits and the Codex CLI', () => {
  for (const { transport, webSockets, endpoint } of transports) {
    for (const model of ['gpt-6.1-sol', 'gpt-5.5']) {
      test(`an account of ${model} that reaches its limit mid-session over ${transport} is not noticed`, async () => {
        const relay = await relayOf();
        relay.simulator.account('a').script(null, null, { kind: 'usage-limit', resetsInSeconds: 3_600 });
        const codex = await codexAt(relay, { model, webSockets });

        const run = await codex.exec('sim:steps 3 echo ran-$((40+2))');

        expect(run).toMatchObject({ exitCode: 0, complaints: [] });
        expect(run.commandOutputs).toEqual(['ran-42\n', 'ran-42\n', 'ran-42\n']);
        expect(run.messages).toEqual([expect.stringMatching(/^Tool said: .*ran-42/s)]);
        const calls = await relay.calls();
        expect(calls.map((call) => served({ ...call, attempts: call.attempts.slice(-1) }))).toEqual(
          ['a', 'a', 'b', 'b'].map((account) => ({
            endpoint,
            status: 'ok',
            client: 'Codex CLI 0.169.0',
            accountLabel: account,
            attempts: [`${account} served`],
          })),
        );
        expect(calls[2]?.attempts.map(({ accountLabel, outcome }) => [accountLabel, outcome])).toEqual([
          ['a', 'failed'],
          ['b', 'served'],
        ]);
        expect(conversationsOf(calls)).toBe(1);
        expect(usageOf(run)).toEqual(tokensOf(calls));
        expect(acceptedOrLimited(relay)).toEqual(['a 200', 'a 200', 'a 429', 'b 200', 'b 200']);
        expect(relay.logged).toEqual([]);
      });
    }

    test(`a limit hidden in a stream over ${transport} is not noticed either`, async () => {
      const relay = await relayOf();
      relay.simulator.account('a').script(null, { kind: 'usage-limit', resetsInSeconds: 3_600, as: 'failed-event' });
      const codex = await codexAt(relay, { model: 'gpt-5.5', webSockets });

      const run = await codex.exec('sim:steps 2 echo ran-$((40+2))');

      expect(run).toMatchObject({ exitCode: 0, complaints: [], commandOutputs: ['ran-42\n', 'ran-42\n'] });
      expect((await relay.calls()).map(({ status, accountLabel }) => [status, accountLabel])).toEqual([
        ['ok', 'a'],
        ['ok', 'b'],
        ['ok', 'b'],
      ]);
      expect(acceptedOrLimited(relay)).toEqual(['a 200', 'a 200', 'b 200', 'b 200']);
    });

    test(`an exhausted pool tells the user so after one request over ${transport}`, async () => {
      const relay = await relayOf();
      relay.simulator.account('a').always({ kind: 'usage-limit', resetsInSeconds: 7_200 });
      relay.simulator.account('b').always({ kind: 'usage-limit', resetsInSeconds: 3_600 });
      const codex = await codexAt(relay, { model: 'gpt-5.5', webSockets });

      const run = await codex.exec('sim:say hello');

      expect(run).toMatchObject({ exitCode: 1, messages: [] });
      const complaint = expect.stringMatching(/^You.ve hit your usage limit\. Try again at /);
      expect(run.complaints).toEqual([complaint, complaint]);
      const calls = await relay.calls();
      expect(calls.map(served)).toEqual([
        {
          endpoint,
          status: 'error',
          client: 'Codex CLI 0.169.0',
          accountLabel: calls[0]?.accountLabel,
          attempts: ['a failed', 'b failed'],
        },
      ]);
      expect(calls.map(({ httpStatus, errorCode }) => [httpStatus, errorCode])).toEqual([[429, 'usage_limit_reached']]);
      expect(upstreamRequests(relay)).toEqual(['a 429', 'b 429']);
      expect(relay.logged).toEqual([]);
    });
  }
});

/** The history still holds what `a` encrypted; `b` may refuse it and be asked again without, unseen by the CLI. */
const acceptedOrLimited = (relay: RunningRelay): string[] =>
  upstreamRequests(relay).filter((request) => request !== 'b 400');
