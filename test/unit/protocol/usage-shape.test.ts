import { expect, test } from 'vitest';
import { chatUsage, responsesUsage } from '../../../src-main/protocol/usage-shape.ts';
import { chatUsageOfIt, usage } from './feed.ts';

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
