import { describe, expect, test } from 'vitest';
import { contradiction } from '../../../src-shared/domain/contradiction.ts';
import { staleReason } from '../../../src-shared/domain/staleness.ts';
import type { QuotaWindow } from '../../../src-shared/domain/window.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const window = (fields: Partial<QuotaWindow>): QuotaWindow => ({
  family: 'codex',
  lengthMs: 5 * HOUR,
  usedPercent: 50,
  resetsAt: NOW + 3 * HOUR,
  readAt: NOW,
  source: 'headers',
  ...fields,
});

describe('a reading is stale', () => {
  const [idle, used, busy] = [
    { inFlight: 0, lastUsedAt: 0 },
    { inFlight: 0, lastUsedAt: NOW - MINUTE },
    { inFlight: 1, lastUsedAt: NOW - HOUR },
  ];
  test.each([
    ['not while it is new', 0, idle, null],
    ['not while its account is idle and it is an hour old', HOUR, idle, null],
    ['once its idle account was not read for hours', 151 * MINUTE, idle, 'It has not been read for hours.'],
    ['not within a quarter of an hour of use', 15 * MINUTE, busy, null],
    [
      'after a quarter of an hour in which calls ran',
      16 * MINUTE,
      used,
      'Calls ran on this account after it was read.',
    ],
    ['after a quarter of an hour of one long call', 16 * MINUTE, busy, 'Calls ran on this account after it was read.'],
  ])('%s', (_, age, use, reason) => {
    expect(staleReason(window({ readAt: NOW - age }), use, NOW)).toBe(reason);
  });

  test('once its window has reset', () => {
    const reason = 'The window has reset since it was read.';
    expect(staleReason(window({ resetsAt: NOW }), idle, NOW)).toBe(reason);
    expect(staleReason(window({ resetsAt: null, readAt: NOW - 5 * HOUR }), idle, NOW)).toBe(reason);
  });
});

describe('two readings that follow each other contradict', () => {
  const later = (fields: Partial<QuotaWindow>): QuotaWindow => window({ readAt: NOW + 30_000, ...fields });
  test.each([
    ['not where the share grew', window({}), later({ usedPercent: 64 }), null],
    [
      'not by how sources round',
      window({ usedPercent: 51.6 }),
      later({ usedPercent: 51, source: 'usage-endpoint' }),
      null,
    ],
    [
      'where the share fell and the reset did not move',
      window({}),
      later({ usedPercent: 20 }),
      'The used share fell from 50 % to 20 % without a reset.',
    ],
    ['not where the upstream reset early', window({}), later({ usedPercent: 0, resetsAt: NOW + 5 * HOUR }), null],
    ['not where the window has reset', window({ resetsAt: NOW + 1 }), later({ usedPercent: 0, resetsAt: null }), null],
    [
      'where an earlier reset is named than before',
      window({}),
      later({ usedPercent: 60, resetsAt: NOW + HOUR }),
      'The upstream named an earlier reset than before.',
    ],
    [
      'not where an unused window begins',
      window({ usedPercent: 0, resetsAt: NOW + 5 * HOUR }),
      later({ usedPercent: 0, resetsAt: NOW + 4 * HOUR }),
      null,
    ],
    [
      'where two sources are far apart within a minute',
      window({}),
      later({ usedPercent: 70, source: 'usage-endpoint' }),
      'Within a minute the answer of a call said 50 % used and the usage endpoint 70 %.',
    ],
    ['not where one source jumped', window({}), later({ usedPercent: 70 }), null],
    [
      'not where two sources are apart by more than a minute',
      window({}),
      later({ usedPercent: 70, source: 'event', readAt: NOW + 61_000 }),
      null,
    ],
  ])('%s', (_, before, after, sentence) => {
    expect(contradiction(before, after)).toBe(sentence);
  });
});
