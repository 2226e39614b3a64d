import { expect, test } from 'vitest';
import { createDeltaReader } from '../../../src-main/protocol/delta-event.ts';
import { createDeltaFields, scanDelta } from '../../../src-main/protocol/delta-scan.ts';
import { asData } from './feed.ts';

const x = (item: number | string, part = 0, literal = '"x"') => ({ literal, item, part });

test.each<[string, ReturnType<typeof x> | null]>([
  ['{"delta":"x","output_index":2,"content_index":1}', x(2, 1)],
  [' { "output_index" : 0 , "logprobs" : [] , "delta" : "x" , "done" : false } ', x(0)],
  ['{"delta":"first","output_index":1,"output_index":2,"delta":"x"}', x(2)],
  ['{"delta":"\\u0041\\n\\"","output_index":0}', x(0, 0, '"\\u0041\\n\\""')],
])('%s is read without parsing', (json, expected) => {
  expect(scanDelta(...asData(json), createDeltaFields())).toBe(true);
  expect(createDeltaReader().read(...asData(json), 'content_index')).toEqual(expected);
});

test.each<[string, ReturnType<typeof x> | null]>([
  ['{"delta":"x","item_id":"msg_1"}', x('msg_1')],
  ['{"delta":"x"}', x('')],
  ['{"delta":"x","output_index":1,"output_index":"2","item_id":"m"}', x('m')],
  ['{"delta":"x","output_index":1,"output_index":null,"item_id":"m"}', x('m')],
  ['{"delta":"x","output_index":1e0}', x(1)],
  ['{"delta":"x","output_index":3.0}', x(3)],
  ['{"delta":"x","output_index":12345678901}', x(12_345_678_901)],
  ['{"delta":"x","output_index":0,"content_index":-1}', x(0)],
  ['{"\\u0064elta":"x","output_index":0}', x(0)],
  ['{"output_index":0,"delta":"wrong","\\u0064elta":"x"}', x(0)],
  ['{"delta":"x","output_index":0,"logprobs":[{"delta":"y"}]}', x(0)],
  ['{"delta":"wrong","output_index":0,"delta":null}', null],
  ['{"delta":{"delta":"wrong"},"output_index":0}', null],
  ['{"delta":"x","output_index":01}', null],
  ['{"delta":"x","output_index":0,}', null],
  ['{"delta":"x" "output_index":0}', null],
  ['{"delta":"x","output_index":0} trailing', null],
  ['{"delta":"x","output_index":0', null],
  ['{"delta":"\\u00g0","output_index":0}', null],
  ['{"delta":"\\x","output_index":0}', null],
  ['{"delta":"a\nb","output_index":0}', null],
  ['{"delta":"x","output_index":0,"flag":tru}', null],
  ['\ufeff{"delta":"x","output_index":0}', null],
  ['["delta","x"]', null],
  ['', null],
])('%s is left to JSON.parse', (json, expected) => {
  expect(scanDelta(...asData(json), createDeltaFields())).toBe(false);
  expect(createDeltaReader().read(...asData(json), 'content_index')).toEqual(expected);
  expect(createDeltaReader(true).read(...asData(json), 'content_index')).toEqual(expected);
});

test('a summary index is the part of a reasoning summary', () => {
  const json = '{"delta":"x","output_index":0,"content_index":1,"summary_index":3}';
  for (const parseOnly of [false, true]) {
    expect(createDeltaReader(parseOnly).read(...asData(json), 'summary_index')).toEqual(x(0, 3));
  }
});
