import { expect, test } from 'vitest';
import { retryHintMs } from '../../../src-main/protocol/retry-hint.ts';
import { createStopCutter } from '../../../src-main/protocol/stop-cutter.ts';
import { streamFailure } from '../../../src-main/protocol/stream-failure.ts';
import { createToolNaming } from '../../../src-main/protocol/tool-names.ts';
import { chatUsage, responsesUsage } from '../../../src-main/protocol/usage-shape.ts';
import { chatUsageOfIt, usage } from './feed.ts';

test.each([
  ['Please try again in 6m0s.', 360_000],
  ['try again in 1h2m3s', 3_723_000],
  ['Try again in 350ms', 350],
  ['try again in 1.2s or later', 1_200],
  ['try again in 2d 1h', 176_400_000],
  ['try again in a while', null],
  ['try again later', null],
  [`try again in ${'9'.repeat(400)}s`, null],
])('%s', (text, expected) => {
  expect(retryHintMs(text)).toBe(expected);
});

test('the failure inside a 200 stream: status, reset and headers', () => {
  expect(
    streamFailure({
      type: 'error',
      status_code: 429,
      error: { type: 'usage_limit_reached', message: 'Limit.', resets_at: 1_800_000_000, resets_in_seconds: 90 },
      headers: { 'Retry-After': '7' },
    }),
  ).toEqual({
    code: 'usage_limit_reached',
    type: 'usage_limit_reached',
    message: 'Limit.',
    param: null,
    status: 429,
    resetsAt: 1_800_000_000_000,
    retryAfterMs: 90_000,
  });
});

test.each([
  [{ error: { resets_at: 1_800_000_000_123 } }, 1_800_000_000_123, null],
  [{ error: { resets_at: 'soon' }, headers: { 'retry-after': ['2'] } }, null, 2_000],
  [{ error: { resets_in_seconds: -1 }, headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' } }, null, null],
  [{ response: { error: { retry_after: 0.5 } } }, null, 500],
])('hints of %j', (event, resetsAt, retryAfterMs) => {
  expect(streamFailure(event)).toMatchObject({ resetsAt, retryAfterMs });
});

test('a short tool name avoids one that is taken, and is the same every time', () => {
  const name = 'x'.repeat(100);
  const short = createToolNaming([]).short(name);
  expect(createToolNaming([]).short(name)).toBe(short);
  const naming = createToolNaming([short]);
  expect(naming.short(name)).not.toBe(short);
  expect([...naming.names.values()]).toEqual([name]);
  expect(naming.short(`${name}y`)).not.toBe(naming.short(name));
});

test('usage in both shapes; figures that are not counts are left out', () => {
  expect(chatUsage(usage)).toEqual(chatUsageOfIt);
  expect(responsesUsage(chatUsageOfIt)).toEqual(usage);
  expect(chatUsage({ input_tokens: 3, output_tokens: 4, input_tokens_details: { cached_tokens: 1.5 } })).toEqual({
    prompt_tokens: 3,
    completion_tokens: 4,
    total_tokens: 7,
  });
  expect(responsesUsage({ prompt_tokens: 3, completion_tokens: -4, total_tokens: null })).toEqual({ input_tokens: 3 });
  for (const nothing of [null, undefined, {}, 5, { input_tokens: Number.NaN }]) {
    expect([chatUsage(nothing), responsesUsage(nothing)]).toEqual([null, null]);
  }
});

test('the cutter holds back only what may become a stop sequence', () => {
  const cutter = createStopCutter(['<end>', 'ab']);
  expect([cutter.push('x<e'), cutter.push('nd'), cutter.push('!a'), cutter.flush()]).toEqual(['x', '', '<end!', 'a']);
});
