import { describe, expect, test } from 'vitest';
import { codexMissing } from './codex-cli.ts';
import { codexAt, conversationsOf, relayOf, served, tokensOf, upstreamRequests, usageOf } from './codex-scene.ts';

if (codexMissing !== null) console.warn(codexMissing);

const transports = [
  { transport: 'HTTP', webSockets: false, endpoint: 'responses' },
  { transport: 'WebSocket', webSockets: true, endpoint: 'websocket' },
] as const;
const models = [
  { model: 'gpt-6.1-sol', form: 'lite' },
  { model: 'gpt-5.5', form: 'plain' },
] as const;
const secrets = [
  { secret: 'env-key', given: 'an env key' },
  { secret: 'inline-bearer', given: 'an inline bearer' },
] as const;

describe.skipIf(codexMissing !== null)('the Codex CLI works through Relay', () => {
  for (const { transport, webSockets, endpoint } of transports)
    for (const { model, form } of models)
      for (const { secret, given } of secrets) {
        test(`with the ${form} model ${model} over ${transport} and ${given}, calling the shell three times`, async () => {
          const relay = await relayOf();
          const codex = await codexAt(relay, { model, webSockets, secret });

          const run = await codex.exec('sim:steps 3 echo ran-$((40+2))');

          expect(run).toMatchObject({ exitCode: 0, complaints: [] });
          expect(run.commandOutputs).toEqual(['ran-42\n', 'ran-42\n', 'ran-42\n']);
          expect(run.messages).toEqual([expect.stringMatching(/^Tool said: .*ran-42/s)]);
          const calls = await relay.calls();
          const call = {
            endpoint,
            status: 'ok',
            client: 'Codex CLI 0.169.0',
            accountLabel: 'a',
            attempts: ['a served'],
          };
          expect(calls.map(served)).toEqual([call, call, call, call]);
          expect(calls.map(({ modelAsked, modelRan }) => [modelAsked, modelRan])).toEqual(
            Array(4).fill([model, model]),
          );
          expect(conversationsOf(calls)).toBe(1);
          expect(usageOf(run)).toEqual(tokensOf(calls));
          expect(calls.slice(1).every(({ cachedTokens }) => (cachedTokens ?? 0) > 8_000)).toBe(true);
          expect(upstreamRequests(relay)).toEqual(['a 200', 'a 200', 'a 200', 'a 200']);
          expect(codex.strayHosts).toEqual([]);
          expect(relay.logged).toEqual([]);
        });
      }
});
