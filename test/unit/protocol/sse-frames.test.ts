import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameSplitter } from '../../../src-main/protocol/sse-frames.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

interface Seen {
  readonly type: string;
  readonly data: string;
}

const LIMIT = 16 * 1024 * 1024;

/** What the splitter visits when the bytes come cut at `cuts`; events without data are left out. */
function split(bytes: Buffer, cuts: readonly number[], limit = LIMIT): Seen[] {
  const seen: Seen[] = [];
  const splitter = createFrameSplitter(limit, (frame) => {
    const data = frame.buf.toString('utf8', frame.dataStart, frame.dataEnd);
    if (data !== '') seen.push({ type: frame.type, data });
  });
  let from = 0;
  for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
    splitter.push(bytes.subarray(from, cut));
    from = cut;
  }
  splitter.push(bytes.subarray(from));
  return seen;
}

function reference(bytes: Buffer): string[] {
  const seen: string[] = [];
  const parser = createParser({ onEvent: (event) => void seen.push(event.data) });
  parser.feed(bytes.toString('utf8'));
  return seen.filter((data) => data !== '');
}

const cutsOf = (bytes: Buffer) => fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 });
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

test('any cutting of any events with any line ends gives the same events', () => {
  const event = fc.record({
    type: fc.string({ minLength: 1 }),
    text: fc.string({ unit: 'grapheme' }),
    comment: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), lineEnd, fc.gen(), (events, end, gen) => {
      const bytes = Buffer.from(
        events
          .map(({ type, text, comment }) => {
            const data = JSON.stringify({ type, text });
            return `${comment ? `: ping${end}` : ''}event: x${end}data: ${data}${end}${end}`;
          })
          .join(''),
      );
      const expected = events.map(({ type, text }) => ({ type, data: JSON.stringify({ type, text }) }));
      expect(
        split(
          bytes,
          gen(() => cutsOf(bytes)),
        ),
      ).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

test('a type that does not come first, is escaped or is missing is still read right', () => {
  const data = [
    '{"n":1,"type":"late"}',
    '{ "type" : "spaced" }',
    '{"type":"esc\\u0061ped"}',
    '{"kind":1}',
    'not json',
    '{"type":5}',
  ];
  const bytes = Buffer.from(data.map((line) => `data: ${line}\n\n`).join(''));
  expect(split(bytes, []).map(({ type }) => type)).toEqual(['late', 'spaced', 'escaped', '', '', '']);
});

test('several data lines are one event whose bytes are forwarded as they came', () => {
  const raw = Buffer.from('data: {"type":\ndata: "two"}\n\n');
  const seen: unknown[] = [];
  createFrameSplitter(LIMIT, (frame) => {
    seen.push({
      type: frame.type,
      data: frame.buf.toString('utf8', frame.dataStart, frame.dataEnd),
      raw: frame.buf.toString('utf8', frame.start, frame.end),
    });
  }).push(raw);
  expect(seen).toEqual([{ type: 'two', data: '{"type":\n"two"}', raw: raw.toString() }]);
});

test('a comment is passed on, empty lines alone are not', () => {
  const seen: string[] = [];
  createFrameSplitter(LIMIT, ({ buf, start, end }) => void seen.push(buf.toString('utf8', start, end))).push(
    Buffer.from('\n\n: ping\n\n\n\n\r\n\r\ndata: 1\n\n\n\n'),
  );
  expect(seen).toEqual([': ping\n\n', 'data: 1\n\n']);
});

test('an event of 12 MiB passes and one over the limit is refused', () => {
  const event = (size: number) => Buffer.from(`data: {"type":"big","b":"${'x'.repeat(size)}"}\n\n`);
  const big = event(12 * 1024 * 1024);
  const cuts = Array.from({ length: Math.floor(big.length / 65_536) }, (_, index) => (index + 1) * 65_536);
  expect(split(big, cuts).map(({ type, data }) => [type, data.length])).toEqual([['big', 12 * 1024 * 1024 + 21]]);
  const over = event(17 * 1024 * 1024);
  expect(() => split(over, cuts)).toThrow(RelayError);
  expect(() => split(over, [])).toThrow('larger than Relay accepts');
});

test('what is left at the end counts only when its data is whole JSON', () => {
  const types: string[] = [];
  const whole = createFrameSplitter(LIMIT, (frame) => void types.push(frame.type));
  whole.push(Buffer.from('data: {"type":"response.completed"}'));
  whole.finish();
  const partial = createFrameSplitter(LIMIT, (frame) => void types.push(frame.type));
  partial.push(Buffer.from('data: {"type":"response.comp'));
  partial.finish();
  expect(types).toEqual(['response.completed']);
});

test('a million random mutations of a stream never throw and agree with the reference parser', () => {
  const seedStream = Buffer.from(
    'event: a\ndata: {"type":"a","d":"é\\n"}\n\n: c\r\n\r\ndata: {"type":"b"}\rid: 1\r\rdata: x\ndata:y\n\nretry: 5\ndata\n\n',
  );
  const alphabet = Buffer.from('\n\r\n\r:  datevn{}"\\xé');
  let state = 0x2545f491;
  const random = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  let different: { readonly stream: string; readonly seen: string[]; readonly expected: string[] } | null = null;
  let stream = Buffer.from(seedStream);
  for (let round = 0; round < 1_000_000 && different === null; round += 1) {
    if (round % 25 === 0) stream = Buffer.from(seedStream);
    const at = random(stream.length);
    const kind = random(3);
    if (kind === 0) stream[at] = alphabet[random(alphabet.length)]!;
    else if (kind === 1) stream.copyWithin(at, random(stream.length));
    else stream[at] = 0x0a;
    const seen = split(stream, [random(stream.length), random(stream.length)]).map(({ data }) => data);
    const expected = reference(stream);
    if (seen.join('\u0000') !== expected.join('\u0000'))
      different = { stream: JSON.stringify(stream.toString()), seen, expected };
  }
  expect(different).toBeNull();
}, 120_000);
