import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src-main/simulator/fault.ts';
import { codexMissing } from './codex-cli.ts';
import { codexAt, relayOf } from './codex-scene.ts';

const text =
  'when the long rain stopped a boy with two odd shoes ran down to see how far up the stones our river stood';
const transports = [
  { transport: 'HTTP', webSockets: false },
  { transport: 'WebSocket', webSockets: true },
] as const;
const cut = (afterDeltas: number): Fault => ({ kind: 'cut', at: 'deltas', afterDeltas, how: 'reset' });
const places: readonly [string, Fault][] = [
  ['in its reasoning', cut(1)],
  ['behind its reasoning', { kind: 'cut', at: 'item-done' }],
  ['at its first words', cut(3)],
  ['in its text', cut(5)],
  ['behind its text', { kind: 'no-terminal' }],
];

describe.skipIf(codexMissing !== null)('the Codex CLI', () => {
  for (const { transport, webSockets } of transports) {
    test.each(places)(`reads one whole answer over ${transport} where it broke off %s`, async (_where, fault) => {
      // The accounts are asked in the order of their names, whoever served before.
      const settings = { 'routing.strategy': 'fill-first', 'routing.weights': { steady: 0, cache: 0 } } as const;
      const relay = await relayOf({ settings });
      const codex = await codexAt(relay, {
        model: 'gpt-5.5',
        webSockets,
        settings: 'model_reasoning_summary = "detailed"',
      });
      relay.simulator.account('a').script(fault);
      const first = await codex.exec(`sim:say ${text}`);
      expect(first).toMatchObject({ exitCode: 0, complaints: [], messages: [text] });
      const calls = await relay.calls();
      expect(calls.map(({ spliced, attempts }) => [spliced, attempts.map(({ outcome }) => outcome)])).toEqual([
        [1, ['continued', 'served']],
      ]);

      // What it keeps of that answer goes into its next turn: the message once, and no reasoning that was lost.
      const second = await codex.exec('sim:say and on', ['resume', '--last']);
      expect(second).toMatchObject({ exitCode: 0, complaints: [], messages: ['and on'] });
      const { body } = relay.simulator.modelRequests().at(-1)! as { body: { input: Record<string, unknown>[] } };
      const said = body.input.flatMap(({ role, content }) =>
        role === 'assistant' ? (content as { text: string }[]) : [],
      );
      expect(said.map((part) => part.text)).toEqual([text]);
      expect(relay.logged).toEqual([]);
    });
  }
});
