import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzyScore } from '../../../src-renderer/features/palette/fuzzy-score.ts';

const ranked = (typed: string, texts: readonly string[]): string[] =>
  texts
    .map((text) => ({ text, score: fuzzyScore(typed, text) }))
    .filter((one): one is { text: string; score: number } => one.score !== null)
    .sort((a, b) => b.score - a.score)
    .map(({ text }) => text);

test('the start of a word counts for more than its middle, and letters apart for less', () => {
  expect(ranked('pin', ['Spinning', 'Unpin work', 'Pin work for 1 hour', 'Pause until noon', 'Usage'])).toEqual([
    'Pin work for 1 hour',
    'Spinning',
    'Unpin work',
    'Pause until noon',
  ]);
});

test('words may come in any order, and all of them must be there', () => {
  expect(ranked('work pause', ['Pause work', 'Pause personal', 'Work'])).toEqual(['Pause work']);
});

test('case and accents make no difference', () => {
  expect(fuzzyScore('CAFE', 'Café')).not.toBeNull();
});

test('nothing typed fits all, what is there fits itself best, and a foreign letter fits nothing', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,12}( [a-z]{1,12}){0,3}$/), (text) => {
      expect(fuzzyScore('', text)).not.toBeNull();
      expect(fuzzyScore(`${text}9`, text)).toBeNull();
      expect(fuzzyScore(text, text)).toBeGreaterThan(fuzzyScore(text, `x${text}`) ?? Number.NEGATIVE_INFINITY);
    }),
  );
});
