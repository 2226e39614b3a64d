import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteUnits, durationUnits, fromAmount, toAmount } from '../../../src-renderer/features/settings/amount.ts';
import {
  defaultSettings,
  meaningOf,
  settingSections,
} from '../../../src-renderer/features/settings/setting-entries.ts';
import { valueInWords } from '../../../src-renderer/features/settings/setting-words.ts';
import { settingsSchema } from '../../../src-shared/contract/settings.ts';

const entries = settingSections.flatMap((section) => section.entries);

/** Each has its own way: moving secrets carries them over, and a pause is written down. */
const elsewhere = ['secrets.store', 'process.pause'];

test('every setting of the contract has its one place on the page, and says what it does', () => {
  expect(entries.map(({ name }) => name).sort()).toEqual(
    Object.keys(settingsSchema.shape)
      .filter((name) => !elsewhere.includes(name))
      .sort(),
  );
  expect(entries.filter(({ name }) => meaningOf(name).length < 10)).toEqual([]);
  expect(new Set(entries.map(({ title }) => title)).size).toBe(entries.length);
});

test('defaults read as a person says them', () => {
  const words = Object.fromEntries(
    entries.map(({ name, control }) => [name, valueInWords(control, defaultSettings[name])]),
  );
  expect(words).toMatchObject({
    'timeouts.connectMs': '10 s',
    'timeouts.firstOutputMs': '5 min',
    'affinity.keepMs': '1 day',
    'responses.keepMs': '30 days',
    'retention.bytes': '8 GiB',
    'retention.days': '365 days',
    'overflow.dailyMicroUsd': '$10.00',
    'routing.splice': 'on',
    'desktop.trayWindow': 'the one with the least left',
    'models.prices': 'none',
    'time.zone': 'empty',
  });
});

test('a figure is the same again after it was shown in a unit', () => {
  for (const units of [durationUnits, byteUnits]) {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 48 }), (value) => {
        expect(fromAmount(toAmount(value, units), units)).toBe(value);
      }),
    );
  }
  expect(['', 'ten', '1e999'].map((amount) => fromAmount({ amount, unit: 's' }, durationUnits))).toEqual([
    null,
    null,
    null,
  ]);
  expect(fromAmount({ amount: ' 1.5 ', unit: 'min' }, durationUnits)).toBe(90_000);
});
