import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCredits, readCreditsHeaders } from '../../../src-main/accounts/credits.ts';
import { readUsageAnswer } from '../../../src-main/accounts/usage-answer.ts';
import type { QuotaWindow } from '../../../src-shared/domain/window.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const SECONDS = NOW / 1_000;
const HOUR = 3_600_000;
const FIVE = 5 * HOUR;
const WEEK = 168 * HOUR;

const window = (fields: Partial<QuotaWindow>): QuotaWindow => ({
  family: 'codex',
  lengthMs: FIVE,
  usedPercent: 0,
  resetsAt: null,
  readAt: NOW,
  source: 'usage-endpoint',
  ...fields,
});
const told = (used: unknown, seconds: unknown, resetAt: unknown = SECONDS + 3_600) => ({
  used_percent: used,
  limit_window_seconds: seconds,
  reset_after_seconds: 3_600,
  reset_at: resetAt,
});
const limit = (primary: unknown, secondary: unknown = null, allowed: unknown = true, reached: unknown = false) => ({
  allowed,
  limit_reached: reached,
  primary_window: primary,
  secondary_window: secondary,
});

describe('the answer of the usage endpoint', () => {
  test('is read whole: windows in seconds by family, code review, credits, ceilings and reset credits', () => {
    const body = {
      user_id: 'user',
      account_id: 'workspace',
      email: 'ada@example.test',
      plan_type: 'pro',
      rate_limit: limit(told(12, 18_000), told(40, 604_800, SECONDS + 86_400)),
      code_review_rate_limit: limit(told(5, 604_800)),
      additional_rate_limits: [
        {
          limit_name: 'Bengal Fox',
          metered_feature: 'codex_bengalfox',
          rate_limit: limit(told(100, 2_592_000, 0), null, false, true),
        },
        { limit_name: 'No numbers', metered_feature: 'codex_other', rate_limit: null },
        { rate_limit: limit(told(99, 18_000)) },
      ],
      credits: { has_credits: true, unlimited: false, balance: '12.50', approx_local_messages: [1, 2] },
      spend_control: { reached: false },
      rate_limit_reached_type: null,
      rate_limit_reset_credits: { available_count: 2 },
      promo: null,
    };
    const [hour, day] = [NOW + HOUR, NOW + 24 * HOUR];
    expect(readUsageAnswer(body, NOW)).toEqual({
      plan: 'pro',
      limits: [
        {
          family: 'codex',
          windows: [
            window({ usedPercent: 12, resetsAt: hour }),
            window({ lengthMs: WEEK, usedPercent: 40, resetsAt: day }),
          ],
          complete: true,
          free: true,
        },
        {
          family: 'code-review',
          windows: [window({ family: 'code-review', lengthMs: WEEK, usedPercent: 5, resetsAt: hour })],
          complete: true,
          free: true,
        },
        {
          family: 'codex-bengalfox',
          // Without a reset the seconds from now are taken.
          windows: [window({ family: 'codex-bengalfox', lengthMs: 720 * HOUR, usedPercent: 100, resetsAt: hour })],
          complete: true,
          free: false,
        },
      ],
      listsExtras: true,
      credits: { has: true, unlimited: false, balance: '12.50', readAt: NOW },
      facts: { readAt: NOW, limitReached: null, spendLimitReached: false, resetCredits: 2 },
    });
  });

  test.each([
    ['a plan with a weekly window alone', limit(told(5, 604_800)), 1, true],
    ['an unlimited plan', limit(null), 0, true],
    ['a window that cannot be read', limit(told('NaN', 18_000), told(5, 604_800)), 1, false],
    ['a place that is not mentioned', { allowed: true, primary_window: told(5, 604_800) }, 1, false],
  ])('%s is complete or not', (_, rateLimit, windows, complete) => {
    const own = readUsageAnswer({ rate_limit: rateLimit }, NOW)?.limits[0];
    expect([own?.windows.length, own?.complete]).toEqual([windows, complete]);
  });

  test.each([
    ['allowed with something left', limit(told(99, 18_000)), {}, true],
    ['allowed, but a window is spent', limit(told(100, 18_000)), {}, false],
    ['not allowed', limit(told(5, 18_000), null, false), {}, false],
    ['at its limit', limit(told(5, 18_000), null, true, true), {}, false],
    ['allowed, but at a ceiling', limit(told(5, 18_000)), { spend_control: { reached: true } }, false],
    [
      'allowed, but out of credits',
      limit(told(5, 18_000)),
      { rate_limit_reached_type: { type: 'workspace_owner_credits_depleted' } },
      false,
    ],
    ['allowed, but with no window to go by', limit(null), {}, false],
    ['saying nothing', limit(told(5, 18_000), null, null), {}, null],
  ])('%s: free or not', (_, rateLimit, more, free) => {
    expect(readUsageAnswer({ rate_limit: rateLimit, ...more }, NOW)?.limits[0]?.free).toBe(free);
  });

  test('is none where the body is anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readUsageAnswer(value, NOW)).toBeNull();
      }),
    );
    expect(readUsageAnswer('<html>Just a moment...</html>', NOW)).toBeNull();
  });

  test('never throws and never leaves its bounds', () => {
    const value = fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.constant({}), fc.constant([]));
    const anyWindow = fc.oneof(value, fc.record({ used_percent: value, limit_window_seconds: value, reset_at: value }));
    const anyLimit = fc.oneof(
      value,
      fc.record({ allowed: value, primary_window: anyWindow, secondary_window: anyWindow }),
    );
    const anyBody = fc.record({
      rate_limit: anyLimit,
      plan_type: value,
      credits: fc.oneof(value, fc.record({ has_credits: fc.boolean(), balance: value })),
      additional_rate_limits: fc.oneof(value, fc.array(fc.record({ metered_feature: value, rate_limit: anyLimit }))),
      rate_limit_reset_credits: fc.record({ available_count: value }),
    });
    fc.assert(
      fc.property(anyBody, (body) => {
        for (const { windows } of readUsageAnswer(body, NOW)?.limits ?? []) {
          for (const { usedPercent, lengthMs } of windows) {
            expect(usedPercent >= 0 && usedPercent <= 100 && lengthMs >= 60_000).toBe(true);
          }
        }
      }),
    );
  });
});

describe('credits', () => {
  test.each([
    [
      { has_credits: true, unlimited: true, balance: null },
      { has: true, unlimited: true, balance: null },
    ],
    [
      { has_credits: false, balance: '0' },
      { has: false, unlimited: false, balance: '0' },
    ],
    [
      { has_credits: true, unlimited: false, balance: 12.5 },
      { has: true, unlimited: false, balance: '12.5' },
    ],
    [
      { has_credits: true, unlimited: false, balance: '<b>9</b>' },
      { has: true, unlimited: false, balance: null },
    ],
  ])('of %j', (json, credits) => {
    expect(readCredits(json, NOW)).toEqual({ ...credits, readAt: NOW });
  });

  test('are read from headers, and are unknown where nothing is said', () => {
    const headers = {
      'x-codex-credits-has-credits': 'True',
      'x-codex-credits-unlimited': 'false',
      'x-codex-credits-balance': ' 7.25 ',
    };
    expect(readCreditsHeaders(headers, NOW)).toEqual({ has: true, unlimited: false, balance: '7.25', readAt: NOW });
    expect([readCreditsHeaders({}, NOW), readCredits(null, NOW), readCredits({ balance: '1' }, NOW)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
