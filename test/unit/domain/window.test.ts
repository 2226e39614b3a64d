import { expect, test } from 'vitest';
import { headroom, type QuotaWindow, windowName } from '../../../src-shared/domain/window.ts';

const now = 1_800_000_000_000;
const window = (more: Partial<QuotaWindow>): QuotaWindow => ({
  family: 'codex',
  lengthMs: 18_000_000,
  usedPercent: 90,
  resetsAt: now + 1_000,
  readAt: now - 1_000,
  source: 'headers',
  ...more,
});

test('a reading counts until its reset, and as unused from then on', () => {
  expect(headroom(window({}), now)).toBeCloseTo(0.1);
  expect(headroom(window({ resetsAt: now }), now)).toBe(1);
  expect(headroom(window({ usedPercent: 130 }), now)).toBe(0);
});

test('a reading without a reset counts as unused once the window has passed since', () => {
  expect(headroom(window({ resetsAt: null, usedPercent: 100 }), now)).toBe(0);
  expect(headroom(window({ resetsAt: null, usedPercent: 100, readAt: now - 18_000_000 }), now)).toBe(1);
});

test('windows are named by their length', () => {
  expect([300, 10_080, 1_440, 43_200, 2_880, 120, 7].map((minutes) => windowName(minutes * 60_000))).toEqual([
    '5-hour',
    'weekly',
    'daily',
    'monthly',
    '2-day',
    '2-hour',
    '7-minute',
  ]);
});
