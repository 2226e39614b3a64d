import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codexMissing } from './codex-cli.ts';
import { codexAt, relayOf, upstreamRequests } from './codex-scene.ts';
import { pixelPng, planSchema } from './content-samples.ts';

const transports = [
  { transport: 'HTTP', webSockets: false },
  { transport: 'WebSocket', webSockets: true },
] as const;
const askOnce = ['stream_max_retries', 'request_max_retries'].flatMap((name) => [
  '--config',
  `model_providers.relay.${name}=0`,
]);

describe.skipIf(codexMissing !== null)('the Codex CLI', () => {
  for (const { transport, webSockets } of transports) {
    test(`sends an image, gets an answer by a schema and a long one over ${transport}`, async () => {
      const relay = await relayOf();
      const codex = await codexAt(relay, { model: 'gpt-5.5', webSockets });
      const [image, schema] = [join(codex.home, 'pixel.png'), join(codex.home, 'schema.json')];
      await Promise.all([writeFile(image, pixelPng), writeFile(schema, JSON.stringify(planSchema))]);

      const seen = await codex.exec('look', ['--image', image, '--']);
      const planned = await codex.exec('plan', ['--output-schema', schema]);
      const long = await codex.exec('sim:tokens 3000');

      expect([seen, planned, long]).toMatchObject(Array(3).fill({ exitCode: 0, complaints: [] }));
      expect(seen.messages).toEqual([expect.stringMatching(/look \[1 image\]$/)]);
      expect(planned.messages.map((message) => JSON.parse(message))).toEqual([{ title: 'text', done: true }]);
      expect(long.messages.map((message) => message.split(' ').length)).toEqual([3_000]);
      expect((await relay.calls()).map(({ status, dropped }) => [status, dropped])).toEqual(Array(3).fill(['ok', []]));
      expect(relay.logged).toEqual([]);
    });

    test(`is told over ${transport} that its key was revoked between two turns`, async () => {
      const relay = await relayOf();
      const codex = await codexAt(relay, { model: 'gpt-5.5', webSockets });
      const first = await codex.exec('sim:say hello');
      await relay.relay.keys.revoke(relay.relay.keys.list()[0]!.id);

      const second = await codex.exec('sim:say again', [...askOnce, 'resume', '--last']);

      expect([first.exitCode, first.messages, second.exitCode, second.messages]).toEqual([0, ['hello'], 1, []]);
      expect(second.complaints.at(-1)).toMatch(
        /401 Unauthorized: This is not a valid Relay key\. Create one with: relay keys create --name me,/,
      );
      expect(upstreamRequests(relay)).toHaveLength(1);
      expect(codex.strayHosts).toEqual([]);
    });
  }
});
