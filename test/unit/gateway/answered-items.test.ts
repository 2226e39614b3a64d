import { expect, test } from 'vitest';
import { createAnsweredItems } from '../../../src-main/gateway/answered-items.ts';

const frameOf = (data: string) => {
  // Memory of its own, as what comes from a socket has.
  const buf = Buffer.alloc(Buffer.byteLength(data) + 8);
  buf.write(`data: ${data}\n\n`);
  const [dataStart, dataEnd] = [6, buf.length - 2];
  return { buf, start: 0, end: buf.length, dataStart, dataEnd, type: 'response.output_item.done' };
};
const done = (item: unknown, index?: number) =>
  frameOf(JSON.stringify({ type: 'response.output_item.done', output_index: index, item }));

test.each([[[]], [[10]], [[10, 20, 30]], [[100_000]], [[10, 100_000, 20, 30, 200_000, 100_000, 40]]])(
  'items of %j bytes are one array in their order, with their ids',
  (sizes) => {
    const items = createAnsweredItems();
    const wanted = sizes.map((size, index) => ({
      id: index % 2 === 0 ? `id_${index}` : null,
      text: 'é'.repeat(size / 2),
    }));
    // They end in any order.
    for (const index of wanted.keys().toArray().reverse()) items.add(done(wanted[index], index));
    expect([items.count(), JSON.parse(Buffer.concat(items.json()).toString())]).toEqual([sizes.length, wanted]);
    expect(items.ids()).toEqual(wanted.flatMap(({ id }) => id ?? []));
  },
);

test('a large item is not copied, and a small one keeps nothing of what it came with', () => {
  const items = createAnsweredItems();
  const large = done('x'.repeat(100_000));
  const small = done('y');
  for (const frame of [large, small]) items.add(frame);
  const memory = items.json().map(({ buffer }) => buffer);
  expect([memory.includes(large.buf.buffer), memory.includes(small.buf.buffer)]).toEqual([true, false]);
});

test('what cannot be read is passed over, and items without an index follow the others', () => {
  const items = createAnsweredItems();
  for (const frame of [done('a'), frameOf('{"item":'), frameOf('[]'), frameOf('{"output_index":0}'), done('b')])
    items.add(frame);
  expect([Buffer.concat(items.json()).toString(), items.ids()]).toEqual(['["a","b"]', []]);
});
