import { expect, test } from 'vitest';
import { listenError } from '../../../src-main/cli/listen-error.ts';
import { readMoment } from '../../../src-main/cli/moment.ts';
import { Refused } from '../../../src-main/cli/refused.ts';
import { textTable } from '../../../src-main/cli/text-table.ts';

const now = Date.UTC(2026, 10, 24, 12);

test.each([
  ['1h', now + 3_600_000],
  ['30d', now + 30 * 86_400_000],
  ['8w', now + 56 * 86_400_000],
  ['2027-01-31', Date.UTC(2027, 0, 31)],
  ['2027-01-31T08:30Z', Date.UTC(2027, 0, 31, 8, 30)],
  ['2027-01-31T08:30:15+02:00', Date.UTC(2027, 0, 31, 6, 30, 15)],
])('%s is a moment to expire at', (text, moment) => {
  expect(readMoment(text, now)).toBe(moment);
});

test.each([
  '',
  '0d',
  '-1d',
  '1.5h',
  '30',
  '30m',
  'tomorrow',
  '2027',
  '2027-13-01',
  '31.1.2027',
  '2026-11-24',
  '1',
  '99999999w',
])('%o is no moment to expire at', (text) => {
  expect(() => readMoment(text, now)).toThrow(/Give a date|has passed/);
});

test('a table lines its columns up, ends no line in spaces, and lets no cell steer the terminal', () => {
  const rows = [
    ['acc_1', 'my\u001b[31mred', ''],
    ['acc_22', 'b', 'last'],
  ];
  expect(textTable(['ID', 'LABEL', 'STATE'], rows)).toEqual([
    'ID      LABEL            STATE',
    'acc_1   my\\u001b[31mred',
    'acc_22  b                last',
  ]);
});

test('a refusal to listen is one sentence; what is none passes as it came', () => {
  const taken = Object.assign(new Error('listen'), { code: 'EADDRINUSE' });
  expect(listenError(taken, 4141, '127.0.0.1')).toEqual(
    new Refused(
      'Port 4141 is taken by another program. Choose another one with --port or RELAY_PORT, or end that program.',
    ),
  );
  const other = new TypeError('a bug');
  expect(listenError(other, 4141, '127.0.0.1')).toBe(other);
});
