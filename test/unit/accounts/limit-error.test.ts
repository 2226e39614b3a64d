import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLimitError, readTryAgain } from '../../../src-main/accounts/limit-error.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const SECONDS = NOW / 1_000;
const GUESS = NOW + 30_000;
const error = (fields: object) => ({ error: { type: 'usage_limit_reached', ...fields } });
const read = (headers: Record<string, string>, body: unknown) => readLimitError(headers, body, NOW);

describe('when a limit ends', () => {
  test.each([
    ['resets_at', {}, error({ resets_at: SECONDS + 3_600, resets_in_seconds: 3_590 }), NOW + 3_600_000],
    ['resets_in_seconds', { 'retry-after': '9' }, error({ resets_in_seconds: 5 }), NOW + 5_000],
    ['Retry-After in seconds', { 'retry-after': '7' }, null, NOW + 7_000],
    ['Retry-After in ms', { 'retry-after': '7', 'retry-after-ms': '6500' }, null, NOW + 6_500],
    ['Retry-After as a date', { 'retry-after': new Date(NOW + 60_000).toUTCString() }, null, NOW + 60_000],
    ['the text', {}, error({ message: 'Rate limit reached. Please try again in 1.2s.' }), NOW + 1_200],
    ['a detail text', {}, { detail: 'Slow down, try again in 350ms' }, NOW + 350],
    [
      'an event inside a 200 stream',
      {},
      { type: 'response.failed', response: { error: { message: 'try again in 6m0s' } } },
      NOW + 360_000,
    ],
    [
      'the last of the used-up windows',
      {
        'x-codex-primary-used-percent': '100',
        'x-codex-primary-window-minutes': '300',
        'x-codex-primary-reset-at': String(SECONDS + 60),
        'x-codex-secondary-used-percent': '100',
        'x-codex-secondary-window-minutes': '10080',
        'x-codex-secondary-reset-at': String(SECONDS + 600),
      },
      error({}),
      NOW + 600_000,
    ],
    [
      'a used-up window that has just been reset, which says nothing',
      {
        'x-codex-primary-used-percent': '100',
        'x-codex-primary-window-minutes': '300',
        'x-codex-primary-reset-at': String(SECONDS),
      },
      error({}),
      null,
    ],
    ['a reset given in ms, which is far away', {}, error({ resets_at: NOW + 60_000 }), GUESS],
    ['a reset in the past', {}, error({ resets_at: SECONDS - 1 }), GUESS],
    [
      'a moment by another clock and the time left',
      {},
      error({ resets_at: SECONDS + 86_400, resets_in_seconds: 600 }),
      NOW + 600_000,
    ],
    ['a negative reset', {}, error({ resets_in_seconds: -5 }), GUESS],
    ['the year 9999', {}, error({ resets_at: 253_370_764_800 }), GUESS],
    ['32 days', {}, error({ resets_in_seconds: 32 * 86_400 }), GUESS],
    ['no hint', {}, error({ message: 'The usage limit has been reached' }), null],
    ['no body', {}, undefined, null],
  ])('is read from %s', (_, headers, body, resetsAt) => {
    expect(read(headers, body)).toEqual({ resetsAt, family: 'codex' });
  });

  test('belongs to the family that the upstream names', () => {
    expect(read({ 'x-codex-active-limit': 'codex_bengalfox' }, error({ resets_in_seconds: 60 }))).toEqual({
      resetsAt: NOW + 60_000,
      family: 'codex-bengalfox',
    });
  });

  test('is within 31 days and in the future, or unknown, for any JSON and headers', () => {
    const headers = fc.dictionary(
      fc.constantFrom('retry-after', 'retry-after-ms', 'x-codex-active-limit', 'x-codex-primary-used-percent'),
      fc.oneof(fc.string(), fc.double().map(String)),
    );
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({
        error: fc.record({ resets_at: fc.double(), resets_in_seconds: fc.oneof(fc.double(), fc.string()) }),
      }),
    );
    fc.assert(
      fc.property(headers, body, (someHeaders, someBody) => {
        const { resetsAt } = read(someHeaders, someBody);
        if (resetsAt === null) return;
        expect(resetsAt).toBeGreaterThan(NOW);
        expect(resetsAt).toBeLessThanOrEqual(NOW + 31 * 86_400_000);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the sentence that people read', () => {
  test.each([
    ['Please try again in 6m0s.', 360_000],
    ['Try again in 1h2m3s', 3_723_000],
    ['try again in 350ms', 350],
    ['try again in 1.2s', 1_200],
    ['try again in 20 seconds or later', 20_000],
    ['Try again in 2 days 3 hours', 183_600_000],
    ['try again in 1 hour and 5 minutes', 3_900_000],
    ['retry after 30 s', 30_000],
    ['try again in a while', null],
    ['try again in 5 parsecs', null],
    ['try again at 14:10', null],
    ['', null],
  ])('%j means %j ms', (message, ms) => {
    expect(readTryAgain(message)).toBe(ms);
  });

  test('is read exactly for any time in any mix of units', () => {
    const units = fc.record({
      h: fc.nat(48),
      m: fc.nat(59),
      s: fc.nat(59),
      ms: fc.nat(999),
    });
    fc.assert(
      fc.property(units, fc.constantFrom('', ' '), ({ h, m, s, ms }, gap) => {
        const text = `Limit reached, please try again in ${h}${gap}h${gap}${m}${gap}m${gap}${s}${gap}s${gap}${ms}${gap}ms. Thanks.`;
        expect(readTryAgain(text)).toBe(((h * 60 + m) * 60 + s) * 1_000 + ms);
      }),
    );
  });
});
