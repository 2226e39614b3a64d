import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanJson, scanRange } from '../../../src-main/protocol/json-scan.ts';
import { spliceObject } from '../../../src-main/protocol/json-splice.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

const limits = { maxDepth: 128, maxRootMembers: 10_000, maxMembers: 10_000, maxElements: 10_000 };

const members = async (text: string) => {
  const bytes = Buffer.from(text);
  const { ranges } = await scanJson(bytes, limits);
  return ranges.map(({ key, valueStart, end }) => [key, JSON.parse(bytes.toString('utf8', valueStart, end))]);
};

test('the ranges of any object hold exactly its members, whatever its white space', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
      fc.nat({ max: 4 }),
      async (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(await members(text)).toEqual(Object.entries(JSON.parse(text)));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a text is accepted exactly when JSON.parse accepts it', async () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"\\""',
    '1',
    '-0.5e3',
    '01',
    'true',
    'nul',
    'null',
    ' ',
    '"',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(token, { maxLength: 12 }), async (tokens) => {
      const text = tokens.join('');
      const accepted = await scanJson(Buffer.from(text), limits).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof RelayError)) throw error;
          return false;
        },
      );
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect([text, accepted]).toEqual([text, valid]);
    }),
    { numRuns: 20_000 },
  );
});

test('nesting, members and bytes that are not UTF-8 are refused with a sentence', async () => {
  const refusal = (bytes: Buffer, own = limits) =>
    scanJson(bytes, own).then(
      () => null,
      (error: RelayError) => [error.code, error.message],
    );
  expect(await refusal(Buffer.from('['.repeat(129) + ']'.repeat(129)))).toEqual([
    'invalid_json',
    'The request body is not valid JSON: it is nested deeper than 128 levels.',
  ]);
  expect(await refusal(Buffer.from('['.repeat(128) + ']'.repeat(128)))).toBeNull();
  const few = { maxDepth: 8, maxRootMembers: 1, maxMembers: 2, maxElements: 3 };
  const said = async (text: string) => (await refusal(Buffer.from(text), few))?.[1]?.split(': ')[1] ?? null;
  expect([
    await said('[1,2,3]'),
    await said('[1,2,3,4]'),
    await said('{"a":{"b":1,"c":2}}'),
    await said('{"a":{"b":1,"c":2,"d":3}}'),
    await said('{"a":1,"b":2}'),
  ]).toEqual([
    null,
    'an array in it has more than 3 elements.',
    null,
    'an object in it has more than 2 members.',
    'it has more than 1 members.',
  ]);
  expect(await refusal(Buffer.from([0x22, 0xff, 0x22]))).toEqual([
    'invalid_json',
    'The request body is not valid JSON: it is not UTF-8.',
  ]);
});

test('a large document is scanned in slices and found the same', async () => {
  const value = { input: Array.from({ length: 4_000 }, (_, index) => ({ index, text: 'y'.repeat(200) })), model: 'm' };
  expect(await members(JSON.stringify(value))).toEqual(Object.entries(value));
});

test('splicing changes the members that are named and keeps the bytes of all others', async () => {
  const text = '{ "model" : "a" ,"n": 1.50e1, "x":{"k" : [1, 2]},"type":"t"}';
  const bytes = Buffer.from(text);
  const { ranges } = scanRange(bytes, 0, bytes.length);
  const set = new Map([
    ['model', Buffer.from('"b"')],
    ['new', Buffer.from('[]')],
  ]);
  expect(spliceObject(bytes, ranges, { remove: new Set(['type']), set }).toString()).toBe(
    '{"model" : "b","n": 1.50e1,"x":{"k" : [1, 2]},"new":[]}',
  );
});
