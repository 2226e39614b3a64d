import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encryptedItemsIn, encryptedItemsOf, encryptedOutput } from '../../../src-main/protocol/encrypted-items.ts';
import { scanRange } from '../../../src-main/protocol/json-scan.ts';

const reasoning = (content: unknown) => ({ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: content });
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const itemsIn = (input: Buffer) => encryptedItemsIn(input, () => scanRange(input, 0, input.length).ranges);
const digestOf = (content: string): string => encryptedItemsOf([reasoning(content)])[0]!.digest;

describe('the encrypted items of an input', () => {
  test('are found by place and kind: reasoning can be left out, all else cannot', () => {
    const input = [
      { type: 'message', role: 'user', content: 'say "encrypted_content"' },
      reasoning('gAAAA1'),
      reasoning(null),
      { type: 'reasoning', id: 'rs_2', summary: [] },
      { type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAAA2' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x', encrypted_content: 'inside' }] },
      { type: 'something_new', encrypted_content: 'gAAAA3' },
      reasoning(''),
      reasoning(7),
      'text',
      null,
    ];
    const found = [
      { index: 1, droppable: true, digest: digestOf('gAAAA1') },
      { index: 4, droppable: false, digest: digestOf('gAAAA2') },
      { index: 6, droppable: false, digest: digestOf('gAAAA3') },
    ];
    expect([itemsIn(bytes(input)), encryptedItemsOf(input)]).toEqual([found, found]);
    expect([itemsIn(bytes('text')), encryptedItemsOf('text'), itemsIn(bytes([]))]).toEqual([[], [], []]);
  });

  test('have the same digest however the client writes its JSON', () => {
    const content = 'gAAAA+/=é"x';
    const spelled = '[ { "encrypted_content" :\n "gAAAA\\u002b\\/=\\u00e9\\"x" , "type" : "reasoning" } ]';
    expect(itemsIn(Buffer.from(spelled))).toEqual([{ index: 0, droppable: true, digest: digestOf(content) }]);
  });

  test('differ by what they begin with, end with, and how long they are', () => {
    const long = 'x'.repeat(5_000);
    const contents = [long, `y${long.slice(1)}`, `${long.slice(1)}y`, `${long}x`, 'x', 'y'];
    expect(new Set(contents.map(digestOf)).size).toBe(contents.length);
    expect(digestOf('x')).toMatch(/^[\w-]{16}$/);
  });

  test('are the same by bytes and by value, whatever else the input holds', () => {
    const item = fc.oneof(
      fc.record({
        type: fc.constantFrom('reasoning', 'compaction', 'message'),
        encrypted_content: fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null)),
      }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(item), (input) => {
        expect(itemsIn(bytes(input))).toEqual(encryptedItemsOf(JSON.parse(JSON.stringify(input))));
      }),
    );
  });
});

describe('what an account gives out', () => {
  test('is read from the event that carries the whole item', () => {
    const event = { type: 'response.output_item.done', output_index: 0, item: reasoning('gAAAA1') };
    const compaction = { ...event, item: { type: 'compaction', encrypted_content: 'gAAAA1' } };
    expect([encryptedOutput(bytes(event)), encryptedOutput(bytes(compaction))]).toEqual([
      { droppable: true, digest: digestOf('gAAAA1') },
      { droppable: false, digest: digestOf('gAAAA1') },
    ]);
  });

  test.each([
    { type: 'response.output_item.done', item: reasoning(null) },
    { type: 'response.output_item.done', item: { type: 'message', content: '"encrypted_content"' } },
    { type: 'response.output_item.done', encrypted_content: 'gAAAA1' },
    { type: 'response.output_item.done', item: '"encrypted_content"', encrypted_content: 'x' },
  ])('is nothing in %j', (event) => {
    expect(encryptedOutput(bytes(event))).toBe(null);
  });
});
