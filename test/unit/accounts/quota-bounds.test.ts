import { expect, test } from 'vitest';
import { familyName, nextReset } from '../../../src-main/accounts/quota-bounds.ts';
import type { QuotaWindow } from '../../../src-shared/domain/window.ts';

const NOW = 1_000_000;

const window = (family: string, resetsAt: number | null): QuotaWindow => ({
  family,
  lengthMs: 300 * 60_000,
  usedPercent: 100,
  resetsAt,
  readAt: NOW,
  source: 'headers',
});

test.each<[string, QuotaWindow[], number | null]>([
  ['the plan’s own, also where another comes first', [window('codex-x', NOW + 5), window('codex', NOW + 9)], NOW + 9],
  ['the first of several', [window('codex', NOW + 9), window('codex', NOW + 7)], NOW + 7],
  ['another family’s where the plan has none to come', [window('codex-x', NOW + 5), window('codex', null)], NOW + 5],
  ['none that is over, or over just now', [window('codex', NOW), window('codex-x', NOW - 1)], null],
  ['none', [], null],
])('the next reset is %s', (_which, windows, expected) => {
  expect(nextReset(windows, NOW)).toBe(expected);
});

test('a limit has one spelling, and the plan’s where it has no name', () => {
  expect([' Codex_Bengalfox ', '', '  '].map(familyName)).toEqual(['codex-bengalfox', 'codex', 'codex']);
});
