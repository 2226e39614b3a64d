import { expect, test } from 'vitest';
import { isDamaged } from '../../../src-main/routing/event-kind.ts';

test.each([
  ['', 'x', false],
  [' \r\n', '', false],
  ['[DONE]', '', false],
  ['{"type":"response.created"}', 'response.created', false],
  [' {"type":"a"}\r', 'a', false],
  ['{"other":1}', '', false],
  ['{"type":"response.completed","resp', 'response.completed', true],
  ['{"type":"a"}}x', 'a', true],
  ['{"other":}', '', true],
  ['"text"', '', true],
  ['<html>', '', true],
])('an event with the data %j (type %j) is damaged: %s', (data, type, damaged) => {
  const buf = Buffer.from(`data: ${data}\n\n`);
  expect(isDamaged({ buf, start: 0, end: buf.length, dataStart: 6, dataEnd: 6 + data.length, type })).toBe(damaged);
});
