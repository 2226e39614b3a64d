import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutputLimit } from '../../../src-main/protocol/output-limit.ts';
import { createResponseCollector } from '../../../src-main/protocol/response-collect.ts';
import { createFrameSplitter, type Frame } from '../../../src-main/protocol/sse-frames.ts';

const text = (events: readonly object[]): Buffer =>
  Buffer.from(
    events.map((event) => `event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  );
const framesOf = (events: readonly object[]): Frame[] => {
  const frames: Frame[] = [];
  createFrameSplitter(1_000_000, (frame) => frames.push({ ...frame })).push(text(events));
  return frames;
};
const dataOf = (frame: Frame) => JSON.parse(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd));

const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
const answer = (deltas: readonly string[]) =>
  [
    { type: 'response.created', response: { id: 'resp_1', model: 'gpt-5.5', status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: message },
    ...deltas.map((delta) => ({
      ...{ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta },
    })),
  ].map((event, sequence_number) => ({ ...event, sequence_number }));

/** As the limit counts: one for each delta, or for each four characters of its JSON. */
const tokensOf = (delta: string): number => Math.max(1, Math.ceil((JSON.stringify(delta).length - 2) / 4));

test('lets through what fits, whole deltas from the first on, and never more', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 30 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 60 }),
      (deltas, most) => {
        const limit = createOutputLimit(most);
        const frames = framesOf(answer(deltas));
        const taken = frames.filter((frame) => limit.take(frame)).slice(2);
        const given = taken.map((frame) => dataOf(frame).delta as string);
        const used = given.reduce((sum, delta) => sum + tokensOf(delta), 0);
        const next = deltas[given.length];
        expect({ given, tokens: limit.tokens(), reached: limit.reached() }).toEqual({
          given: deltas.slice(0, given.length),
          tokens: used,
          reached: next !== undefined,
        });
        expect(used).toBeLessThanOrEqual(most);
        if (next !== undefined) expect(used + tokensOf(next)).toBeGreaterThan(most);
      },
    ),
  );
});

test('a cut answer is whole for whoever collects it: closed in order, numbered on, incomplete for one reason', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 3, maxLength: 20 }), (deltas) => {
      const limit = createOutputLimit(Math.max(1, tokensOf(deltas[0]!)));
      const frames = framesOf(answer(deltas)).filter((frame) => limit.take(frame));
      const { closing, last, event } = limit.ending({ output_tokens: limit.tokens() });
      const collector = createResponseCollector();
      const seen = [...frames, ...closing, last];
      for (const { type, buf, dataStart, dataEnd } of seen) collector.event(type, buf, dataStart, dataEnd);
      const shown = seen.flatMap((frame) => (frame.type === 'response.output_text.delta' ? [dataOf(frame).delta] : []));
      expect(seen.map((frame) => dataOf(frame).sequence_number)).toEqual(seen.map((_, index) => index));
      expect(collector.response()).toMatchObject({
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [{ id: 'msg_1', status: 'incomplete', content: [{ type: 'output_text', text: shown.join('') }] }],
        usage: { output_tokens: limit.tokens() },
      });
      expect(event).toMatchObject({ type: 'response.incomplete', response: { id: 'resp_1', model: 'gpt-5.5' } });
    }),
  );
});
