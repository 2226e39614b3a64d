import { expect, test } from 'vitest';
import { joinedPieces, LARGE_BYTES } from '../../../src-main/gateway/joined-pieces.ts';

test.each([
  [[], []],
  [[5], [5]],
  [[5, 6, 7], [18]],
  [
    [5, LARGE_BYTES + 1, 6, 7, LARGE_BYTES * 2, 8],
    [5, LARGE_BYTES + 1, 13, LARGE_BYTES * 2, 8],
  ],
])('pieces of %j bytes are joined to pieces of %j', (sizes, wanted) => {
  const pieces = sizes.map((size, index) => Buffer.alloc(size, index));
  const joined = joinedPieces(pieces);
  expect([joined.map(({ length }) => length), Buffer.concat(joined).equals(Buffer.concat(pieces))]).toEqual([
    wanted,
    true,
  ]);
  for (const large of pieces.filter(({ length }) => length > LARGE_BYTES)) expect(joined).toContain(large);
});
