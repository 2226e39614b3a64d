import { expect, test } from 'vitest';
import { streamFailure } from '../../../src-main/protocol/stream-failure.ts';

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
