import { expect, test } from 'vitest';
import { createToolNaming } from '../../../src-main/protocol/tool-names.ts';

test('a short tool name avoids one that is taken, and is the same every time', () => {
  const name = 'x'.repeat(100);
  const short = createToolNaming([]).short(name);
  expect(createToolNaming([]).short(name)).toBe(short);
  const naming = createToolNaming([short]);
  expect(naming.short(name)).not.toBe(short);
  expect([...naming.names.values()]).toEqual([name]);
  expect(naming.short(`${name}y`)).not.toBe(naming.short(name));
});
