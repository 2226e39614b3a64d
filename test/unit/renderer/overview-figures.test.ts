import { describe, expect, it } from 'vitest';
import { poolHeadroom } from '../../../src-renderer/features/overview/pool-headroom.ts';
import { recentFigures } from '../../../src-renderer/features/overview/recent-figures.ts';
import { todayAndYesterday } from '../../../src-renderer/features/overview/today.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import { account, call, startAt } from '../dashboard/samples.ts';

const [sample] = account.windows;
const withWindow = (changes: Partial<NonNullable<typeof sample>>, enabled = true): AccountView => ({
  ...account,
  enabled,
  windows: sample === undefined ? [] : [{ ...sample, ...changes }],
});

describe('headroom of the pool', () => {
  it('is the mean of what is left, by length of the window, shortest first', () => {
    const accounts = [
      withWindow({ lengthMs: 604_800_000, usedPercent: 90, resetsAt: null }),
      withWindow({ usedPercent: 20, resetsAt: startAt + 2_000 }),
      withWindow({ usedPercent: 60, resetsAt: startAt + 1_000 }),
    ];
    expect(poolHeadroom(accounts, startAt)).toEqual([
      {
        name: '5-hour',
        lengthMs: 18_000_000,
        left: expect.closeTo(0.6),
        accounts: 2,
        nextResetAt: startAt + 1_000,
        resets: [
          { label: 'personal', at: startAt + 1_000, givesBack: expect.closeTo(0.3) },
          { label: 'personal', at: startAt + 2_000, givesBack: expect.closeTo(0.1) },
        ],
        outlook: null,
      },
      {
        name: 'weekly',
        lengthMs: 604_800_000,
        left: expect.closeTo(0.1),
        accounts: 1,
        nextResetAt: null,
        resets: [],
        outlook: null,
      },
    ]);
  });

  it('counts a window that has reset as full, and leaves out accounts that are off and extra limits', () => {
    const accounts = [
      withWindow({ usedPercent: 100, resetsAt: startAt }),
      withWindow({ usedPercent: 100 }, false),
      withWindow({ usedPercent: 100, family: 'another' }),
    ];
    expect(poolHeadroom(accounts, startAt)).toEqual([
      { name: '5-hour', lengthMs: 18_000_000, left: 1, accounts: 1, nextResetAt: null, resets: [], outlook: null },
    ]);
  });
});

describe('today and yesterday', () => {
  it('are as long as each other by the person’s calendar, over a change of the clocks too', () => {
    const now = Date.UTC(2026, 9, 25, 15);
    expect(todayAndYesterday(now, 'Europe/Berlin')).toEqual({
      today: { from: Date.UTC(2026, 9, 24, 22), to: now },
      yesterday: { from: Date.UTC(2026, 9, 23, 22), to: Date.UTC(2026, 9, 24, 15) },
    });
  });

  it('never reach from yesterday into today', () => {
    const now = Date.UTC(2026, 9, 25, 22, 30);
    expect(todayAndYesterday(now, 'Europe/Berlin').yesterday).toEqual({
      from: Date.UTC(2026, 9, 23, 22),
      to: Date.UTC(2026, 9, 24, 22),
    });
  });
});

describe('figures of the latest calls', () => {
  it('count only what is known', () => {
    const [attempt] = call.attempts;
    const twice = attempt === undefined ? [] : [{ ...attempt, outcome: 'failed' as const }, attempt];
    const calls = [
      { ...call, ttftMs: 100, attempts: twice },
      { ...call, ttftMs: 300, inputTokens: 800, cachedTokens: 0 },
      { ...call, status: 'error' as const, ttftMs: null, inputTokens: 5_000, cachedTokens: null },
      { ...call, status: 'inflight' as const, ttftMs: 9_000 },
    ];
    expect(recentFigures(calls)).toEqual({ settled: 3, failed: 1, rescued: 1, ttftMs: 200, cachedShare: 0.5 });
  });

  it('are unknown where there are no calls', () => {
    expect(recentFigures([])).toEqual({ settled: 0, failed: 0, rescued: 0, ttftMs: null, cachedShare: null });
  });
});
