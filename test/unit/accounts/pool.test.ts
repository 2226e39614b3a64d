import { describe, expect, test } from 'vitest';
import type { Account } from '../../../src-main/accounts/account.ts';
import { windowKey } from '../../../src-main/accounts/account.ts';
import { undecided, unstored } from '../../../src-main/accounts/account-rows.ts';
import { poolWindows } from '../../../src-main/accounts/pool.ts';
import { accountsCheck, poolHeaders, poolUsage } from '../../../src-main/accounts/pool-answers.ts';
import { readQuotaHeaders } from '../../../src-main/accounts/quota-headers.ts';
import { readUsageAnswer } from '../../../src-main/accounts/usage-answer.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const FIVE = 5 * HOUR;
const WEEK = 168 * HOUR;

type Reading = readonly [lengthMs: number, usedPercent: number, resetsAt: number | null, family?: string];

function account(id: string, fields: Partial<Account>, readings: readonly Reading[] = []): Account {
  const windows = readings.map(([lengthMs, usedPercent, resetsAt, family = 'codex']) => ({
    family,
    lengthMs,
    usedPercent,
    resetsAt,
    readAt: NOW,
    source: 'headers' as const,
  }));
  return {
    id,
    label: id,
    kind: 'chatgpt',
    wire: 'responses',
    baseUrl: null,
    email: `${id}@example.test`,
    plan: 'plus',
    upstreamAccountId: `workspace-${id}`,
    upstreamUserId: `user-${id}`,
    linkedFile: null,
    enabled: true,
    createdAt: NOW,
    models: null,
    modelsReadAt: null,
    ...undecided,
    ...unstored(),
    windows: new Map(windows.map((window) => [windowKey(window), window])),
    ...fields,
  };
}

const rest = (until: number) => ({
  rests: new Map([['codex', { until, reason: 'limit', byPerson: false, since: NOW }]]),
});

const pool = [
  account('a', { plan: 'plus' }, [
    [FIVE, 50, NOW + 2 * HOUR],
    [WEEK, 90, NOW + 50 * HOUR],
  ]),
  account('b', { plan: 'pro' }, [
    [WEEK, 30, NOW + 20 * HOUR],
    [FIVE, 100, NOW - 1],
    [FIVE, 4, NOW + HOUR, 'codex-fox'],
  ]),
  account('off', { plan: 'promax', enabled: false }, [[FIVE, 100, NOW + 1]]),
  account('key', { kind: 'openai', plan: null }),
];

describe('the pool', () => {
  test('has one window for each length: the mean of what is used and the earliest reset to come', () => {
    expect(poolWindows(pool, NOW)).toEqual([
      { lengthMs: FIVE, usedPercent: 25, resetsAt: NOW + 2 * HOUR },
      { lengthMs: WEEK, usedPercent: 60, resetsAt: NOW + 20 * HOUR },
    ]);
  });

  test('speaks through the login with the largest plan when a client asks for its usage', () => {
    expect(poolUsage(pool, NOW, 'workspace-a')).toEqual({
      user_id: 'user-b',
      account_id: 'workspace-a',
      email: 'b@example.test',
      plan_type: 'pro',
      rate_limit: {
        allowed: true,
        limit_reached: false,
        primary_window: {
          used_percent: 25,
          limit_window_seconds: 18_000,
          reset_after_seconds: 7_200,
          reset_at: (NOW + 2 * HOUR) / 1_000,
        },
        secondary_window: {
          used_percent: 60,
          limit_window_seconds: 604_800,
          reset_after_seconds: 72_000,
          reset_at: (NOW + 20 * HOUR) / 1_000,
        },
      },
      code_review_rate_limit: null,
      additional_rate_limits: [
        {
          limit_name: 'codex-fox',
          metered_feature: 'codex_fox',
          rate_limit: {
            allowed: true,
            limit_reached: false,
            primary_window: {
              used_percent: 4,
              limit_window_seconds: 18_000,
              reset_after_seconds: 3_600,
              reset_at: (NOW + HOUR) / 1_000,
            },
            secondary_window: null,
          },
        },
      ],
      credits: null,
      spend_control: { reached: false },
      rate_limit_reached_type: null,
      promo: null,
    });
  });

  test('is at its limit only when every account that is switched on rests', () => {
    const limited = (accounts: readonly Account[]) => poolUsage(accounts, NOW).rate_limit.limit_reached;
    const [resting, over] = [account('r', rest(NOW + 1)), account('o', rest(NOW))];
    expect([limited([resting]), limited([resting, over]), limited([])]).toEqual([true, false, false]);
    expect(poolUsage([resting], NOW).rate_limit_reached_type).toEqual({ type: 'rate_limit_reached' });
  });

  test('answers without any login or reading', () => {
    expect(poolUsage([], NOW)).toMatchObject({
      account_id: 'relay-pool',
      plan_type: 'unknown',
      rate_limit: { allowed: true, primary_window: null, secondary_window: null },
      additional_rate_limits: null,
    });
    expect(poolHeaders([], NOW)).toEqual([]);
  });

  test('says the same in headers and in JSON, in a form that Relay itself reads back', () => {
    const expected = [
      [FIVE, 25, NOW + 2 * HOUR],
      [WEEK, 60, NOW + 20 * HOUR],
    ];
    const read = [
      readQuotaHeaders(Object.fromEntries(poolHeaders(pool, NOW)), NOW),
      readUsageAnswer(poolUsage(pool, NOW), NOW)?.limits.flatMap((limit) => limit.windows) ?? [],
    ];
    expect(
      read.map((windows) =>
        windows
          .filter((window) => window.family === 'codex')
          .map(({ lengthMs, usedPercent, resetsAt }) => [lengthMs, usedPercent, resetsAt]),
      ),
    ).toEqual([expected, expected]);
  });

  test('names the plan of its best login in a header', () => {
    expect(poolHeaders(pool, NOW).at(-1)).toEqual(['x-codex-plan-type', 'pro']);
  });

  test('shows a client its own workspace and no other, bound to no origin', () => {
    expect(accountsCheck('workspace-a', 'pro')).toEqual({
      accounts: [
        {
          id: 'workspace-a',
          account_user_id: 'relay-pool__workspace-a',
          structure: 'personal',
          plan_type: 'pro',
          name: null,
          profile_picture_url: null,
          is_deactivated: false,
          workspace_backend_origin: 'NO_CONSTRAINT',
          account_routing_override: 'NO_CONSTRAINT',
        },
      ],
      account_ordering: ['workspace-a'],
      default_account_id: 'workspace-a',
    });
  });
});
