import { expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMoney,
  formatShare,
  formatSpan,
} from '../../../src-renderer/format/figures.ts';

it('shows unknown as a dash and zero as zero', () => {
  expect([formatCount(null), formatMoney(null), formatDuration(null), formatBytes(null)]).toEqual(Array(4).fill('—'));
  expect([formatCount(0), formatMoney(0), formatDuration(0), formatBytes(0)]).toEqual(['0', '$0.00', '0.0 ms', '0 B']);
});

it('groups the digits of large counts', () => {
  expect([999, 1_000, 1_234_567].map(formatCount)).toEqual(['999', '1,000', '1,234,567']);
});

it('keeps the digits of small amounts that say something', () => {
  expect([1, 99, 100, 1_500, 99_999, 100_000, 12_345_678].map(formatMoney)).toEqual([
    '<$0.0001',
    '<$0.0001',
    '$0.0001',
    '$0.0015',
    '$0.1000',
    '$0.10',
    '$12.35',
  ]);
});

it('gives a duration three or four digits, whatever its size', () => {
  const durations = [0.44, 9.94, 9.95, 420, 999.4, 999.5, 2_300, 9_994, 9_995, 59_949, 59_950, 65_000, 7_380_000];
  expect(durations.map(formatDuration)).toEqual([
    '0.4 ms',
    '9.9 ms',
    '10 ms',
    '420 ms',
    '999 ms',
    '1.00 s',
    '2.30 s',
    '9.99 s',
    '10.0 s',
    '59.9 s',
    '1m 00s',
    '1m 05s',
    '2h 03m',
  ]);
});

it('gives a span in its largest unit, or in two', () => {
  const spans = [0, 12_400, 59_499, 60_000, 3_599_000, 3_600_000, 90_000_000, -5];
  expect(spans.map((span) => formatSpan(span))).toEqual(['0s', '12s', '59s', '1m', '59m', '1h', '1d', '0s']);
  expect(spans.map((span) => formatSpan(span, true))).toEqual([
    '0s',
    '12s',
    '59s',
    '1m 00s',
    '59m 59s',
    '1h 00m',
    '1d 1h',
    '0s',
  ]);
});

it('does not show nearly nothing as nothing, nor nearly all as all', () => {
  expect([0, 0.001, 0.58, 0.996, 1].map(formatShare)).toEqual(['0 %', '<1 %', '58 %', '99 %', '100 %']);
});

it('gives sizes in bytes', () => {
  expect([999, 4_096, 41_200, 12_000_000].map(formatBytes)).toEqual(['999 B', '4.1 kB', '41 kB', '12 MB']);
});
