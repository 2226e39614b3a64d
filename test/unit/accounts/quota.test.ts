import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQuotaHeaders } from '../../../src-main/accounts/quota-headers.ts';
import { readRateLimitEvent } from '../../../src-main/accounts/quota-json.ts';
import { headroom, type QuotaWindow } from '../../../src-shared/domain/window.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const SECONDS = NOW / 1_000;
const MINUTE = 60_000;
const window = (fields: Partial<QuotaWindow>): QuotaWindow => ({
  family: 'codex',
  lengthMs: 300 * MINUTE,
  usedPercent: 0,
  resetsAt: null,
  readAt: NOW,
  source: 'headers',
  ...fields,
});
const primary = (used: string, minutes: string, more: Record<string, string> = {}) => ({
  'x-codex-primary-used-percent': used,
  'x-codex-primary-window-minutes': minutes,
  ...more,
});

describe('quota in headers', () => {
  test('is read for every family and told apart by length, whatever its position', () => {
    const headers = {
      ...primary('40', '10080', { 'x-codex-primary-reset-at': String(SECONDS + 86_400) }),
      'x-codex-secondary-used-percent': '12.5',
      'x-codex-secondary-window-minutes': '300',
      'x-codex-secondary-reset-at': String(SECONDS + 3_600),
      'x-codex-bengalfox-primary-used-percent': '7',
      'x-codex-bengalfox-primary-window-minutes': '43200',
      'x-codex-bengalfox-limit-name': 'Bengal Fox',
      'x-codex-credits-has-credits': 'false',
    };
    expect(readQuotaHeaders(headers, NOW)).toEqual([
      window({ lengthMs: 10_080 * MINUTE, usedPercent: 40, resetsAt: NOW + 86_400_000 }),
      window({ usedPercent: 12.5, resetsAt: NOW + 3_600_000 }),
      window({ family: 'codex-bengalfox', lengthMs: 43_200 * MINUTE, usedPercent: 7 }),
    ]);
  });

  test.each([
    ['no headers', {}, []],
    ['101 %', primary('101', '300'), [window({ usedPercent: 100 })]],
    ['NaN', primary('NaN', '300'), []],
    ['an empty figure', primary('', '300'), []],
    ['hexadecimal', primary('0x10', '300'), []],
    ['infinity', primary('Infinity', '300'), []],
    ['a negative share', primary('-1', '300'), []],
    ['no length', { 'x-codex-primary-used-percent': '5' }, []],
    ['a length of 0', primary('5', '0'), []],
    ['a length of 9,999 years', primary('5', '5000000000'), []],
    [
      'a reset in ms instead of s',
      primary('5', '300', { 'x-codex-primary-reset-at': String(NOW + 1_000) }),
      [window({ usedPercent: 5 })],
    ],
    ['a negative reset', primary('5', '300', { 'x-codex-primary-reset-at': '-5' }), [window({ usedPercent: 5 })]],
    [
      'a reset in the year 9999',
      primary('5', '300', { 'x-codex-primary-reset-at': '253370764800' }),
      [window({ usedPercent: 5 })],
    ],
    [
      'a reset only as seconds from now',
      primary('5', '300', { 'x-codex-primary-reset-after-seconds': '60' }),
      [window({ usedPercent: 5, resetsAt: NOW + MINUTE })],
    ],
  ])('with %s', (_, headers, expected) => {
    expect(readQuotaHeaders(headers, NOW)).toEqual(expected);
  });

  test('whose reset has passed counts as unused', () => {
    const [elapsed] = readQuotaHeaders(primary('100', '300', { 'x-codex-primary-reset-at': String(SECONDS - 1) }), NOW);
    expect(elapsed === undefined ? null : headroom(elapsed, NOW)).toBe(1);
  });

  test('never throws and never leaves its bounds', () => {
    const name = fc.constantFrom('used-percent', 'window-minutes', 'reset-at', 'reset-after-seconds', 'limit-name');
    const header = fc.tuple(fc.constantFrom('codex-primary', 'codex-secondary', 'x-primary', '-primary'), name);
    const value = fc.oneof(fc.double().map(String), fc.integer().map(String), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(header, value)), (pairs) => {
        const headers = Object.fromEntries(pairs.map(([[family, field], text]) => [`x-${family}-${field}`, text]));
        for (const read of readQuotaHeaders(headers, NOW)) {
          expect(read.usedPercent).toBeGreaterThanOrEqual(0);
          expect(read.usedPercent).toBeLessThanOrEqual(100);
          expect(read.lengthMs).toBeGreaterThanOrEqual(MINUTE);
          if (read.resetsAt !== null) expect(read.resetsAt).toBeLessThanOrEqual(NOW + 31 * 86_400_000);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('quota in JSON', () => {
  test('of a stream event has its lengths in minutes', () => {
    const event = {
      type: 'codex.rate_limits',
      plan_type: 'plus',
      metered_limit_name: 'codex_bengalfox',
      rate_limits: {
        allowed: true,
        primary: { used_percent: 12, window_minutes: 10_080, reset_at: SECONDS + 60 },
        secondary: null,
      },
    };
    expect(readRateLimitEvent(event, NOW)).toEqual([
      window({
        family: 'codex-bengalfox',
        lengthMs: 10_080 * MINUTE,
        usedPercent: 12,
        resetsAt: NOW + MINUTE,
        source: 'event',
      }),
    ]);
  });

  test('is nothing where the JSON is anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readRateLimitEvent(value, NOW)).toEqual([]);
      }),
    );
  });
});
