import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../src-main/simulator/journal.ts';
import { codexMissing } from './codex-cli.ts';
import { codexAt, conversationsOf, relayOf, served, tokensOf, upstreamRequests, usageOf } from './codex-scene.ts';

const transports = [
  { transport: 'HTTP', webSockets: false, endpoint: 'responses' },
  { transport: 'WebSocket', webSockets: true, endpoint: 'websocket' },
] as const;
/** The token counts after which the CLI compacts: more than its first request, less than that with the command's output. */
const models = [
  { model: 'gpt-6.1-sol', compactAt: 18_000 },
  { model: 'gpt-5.5', compactAt: 12_000 },
] as const;
const longOutput = "head -c 24000 /dev/zero | tr '\\0' x";

const servedByA = (endpoint: 'responses' | 'websocket') => ({
  endpoint,
  status: 'ok',
  client: 'Codex CLI 0.169.0',
  accountLabel: 'a',
  attempts: ['a served'],
});

describe.skipIf(codexMissing !== null)('a session of the Codex CLI', () => {
  for (const { transport, webSockets, endpoint } of transports) {
    test(`is taken up again by a new process over ${transport}, as the same conversation on the same account`, async () => {
      const relay = await relayOf();
      const codex = await codexAt(relay, { model: 'gpt-5.5', webSockets });

      const first = await codex.exec('sim:shell echo one');
      const second = await codex.exec('sim:shell echo two', ['resume', '--last']);

      expect(first).toMatchObject({ exitCode: 0, complaints: [], commandOutputs: ['one\n'] });
      expect(second).toMatchObject({ exitCode: 0, complaints: [], commandOutputs: ['two\n'] });
      expect(second.threadId).toBe(first.threadId);
      const calls = await relay.calls();
      expect(calls.map(served)).toEqual(Array(4).fill(servedByA(endpoint)));
      expect(conversationsOf(calls)).toBe(1);
      expect(calls.slice(1).every(({ cachedTokens }) => (cachedTokens ?? 0) > 8_000)).toBe(true);
      expect(upstreamRequests(relay)).toEqual(['a 200', 'a 200', 'a 200', 'a 200']);
      expect(relay.logged).toEqual([]);
    });

    for (const { model, compactAt } of models) {
      test(`of ${model} over ${transport} is compacted remotely and goes on with the account's own compaction`, async () => {
        const relay = await relayOf();
        const settings = `model_auto_compact_token_limit = ${compactAt}`;
        const codex = await codexAt(relay, { model, webSockets, name: 'OpenAI', settings });

        const run = await codex.exec(`sim:steps 2 ${longOutput}`);

        expect(run).toMatchObject({ exitCode: 0, complaints: [], messages: ['Done after 2 steps.'] });
        expect(run.commandOutputs.map(({ length }) => length)).toEqual([24_000, 24_000]);
        const calls = await relay.calls();
        expect(calls.map(served)).toEqual(Array(5).fill(servedByA(endpoint)));
        expect(conversationsOf(calls)).toBe(1);
        // The CLI leaves what a remote compaction cost out of the turn's usage.
        expect(usageOf(run)).toEqual(tokensOf(calls.filter((_, index) => index % 2 === 0)));
        const requests = relay.simulator.modelRequests();
        expect(requests.map(windowOf)).toEqual([0, 0, 1, 1, 2]);
        expect(requests.map((request) => compactionItems(request))).toEqual([
          [],
          ['compaction_trigger'],
          ['compaction'],
          ['compaction', 'compaction_trigger'],
          ['compaction'],
        ]);
        expect(upstreamRequests(relay)).toEqual(Array(5).fill('a 200'));
        expect(relay.logged).toEqual([]);
      });

      test(`of ${model} over ${transport} is compacted locally by a turn that asks for a summary`, async () => {
        const relay = await relayOf();
        const settings = `model_auto_compact_token_limit = ${compactAt}`;
        const codex = await codexAt(relay, { model, webSockets, settings });

        const run = await codex.exec(`sim:shell ${longOutput}`);

        expect(run).toMatchObject({ exitCode: 0, complaints: [] });
        expect(run.commandOutputs.map(({ length }) => length)).toEqual([24_000]);
        expect(run.messages).toEqual([expect.stringMatching(/Summary: \d+ items so far, nothing left to do\.$/)]);
        const calls = await relay.calls();
        expect(calls.map(served)).toEqual(Array(3).fill(servedByA(endpoint)));
        expect(conversationsOf(calls)).toBe(1);
        const requests = relay.simulator.modelRequests();
        expect(requests.map(windowOf)).toEqual([0, 0, 1]);
        expect(requests.map((request) => compactionItems(request))).toEqual([[], [], []]);
        expect(upstreamRequests(relay)).toEqual(['a 200', 'a 200', 'a 200']);
        expect(relay.logged).toEqual([]);
      });
    }
  }
});

/** How often the thread was compacted before this request (PROTOCOL 2.2, `x-codex-window-id`). */
function windowOf({ headers }: RequestRecord): number {
  const window = headers.find(([name]) => name.toLowerCase() === 'x-codex-window-id')?.[1];
  return Number(window?.split(':').at(-1));
}

function compactionItems({ body }: RequestRecord): string[] {
  if (typeof body !== 'object' || body === null || !('input' in body) || !Array.isArray(body.input)) return [];
  return body.input.map((item) => String(item.type)).filter((type) => type.startsWith('compaction'));
}
