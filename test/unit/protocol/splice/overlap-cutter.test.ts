import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createOverlapCutter } from '../../../../src-main/protocol/splice/overlap-cutter.ts';

// Many runs, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

/** What a client reads that has `sent` and gets the continuation in these pieces. */
function joined(sent: string, pieces: readonly string[]): string {
  const cutter = createOverlapCutter(sent);
  return sent + pieces.map((piece) => cutter.push(piece)).join('') + cutter.end();
}

const splitAt = (text: string, cuts: readonly number[]): string[] => {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((place, index) => text.slice(places[index], place));
};

test.each([
  ['a word that was cut', 'Hello wor', 'world!', 'Hello world!'],
  ['the last words', 'The sun ran and the sun', 'the sun set.', 'The sun ran and the sun set.'],
  ['three words', 'He saw the cat. a b c ', 'a b c d', 'He saw the cat. a b c d'],
  ['a word behind a bracket', 'Say it (softl', 'softly).', 'Say it (softly).'],
  [
    'the last sentence',
    'One.\nThis is the second line.\n',
    'This is the second line.\nThree.',
    'One.\nThis is the second line.\nThree.',
  ],
  ['the whole text', 'It works. ', 'It works. Then it ends.', 'It works. Then it ends.'],
  ['the whole text and no more', 'A whole answer.', 'A whole answer.', 'A whole answer.'],
  ['words of another script', '世界上最高的山是珠穆朗玛峰', '最高的山是珠穆朗玛峰。', '世界上最高的山是珠穆朗玛峰。'],
  ['words with characters of two units', 'Look: 😀😀 fine sm', 'fine smile 😀', 'Look: 😀😀 fine smile 😀'],
])('a continuation that repeats %s is joined without the repeat', (_what, sent, continuation, whole) => {
  expect(joined(sent, [continuation])).toBe(whole);
  expect(joined(sent, Array.from(continuation))).toBe(whole);
});

test.each([
  ['a doubled syllable', 'a co', 'coon'],
  ['a doubled word', 'I know that', ' that is so'],
  ['equal lines of code', '  }\n}\n', '}\n'],
  ['a nested call', 'x = foo(', 'foo(bar))'],
  ['a path upwards', 'cd ../', '../src'],
  ['two words', 'New York, ', 'New York'],
  ['figures', '[0, 0, 0, ', '0, 0, 0]'],
  ['digits', 'pi is 3.1', '1.5'],
  ['a table', '| a | b |\n| --- | --- |\n| 1 | 2 |\n| 1 | 2 |\n', '| 1 | 2 |\n| 1 | 2 |\n'],
  ['a laugh', 'ha ha ha ha ', 'ha ha ha'],
  [
    'words in a circle',
    'the sun ran far and saw one old map lie the sun ',
    'ran far and saw one old map lie the sun ran far ',
  ],
  ['a space that comes first', 'the sun', ' sun shines'],
])('text that repeats itself by nature keeps every character: %s', (_what, sent, continuation) => {
  expect(joined(sent, [continuation])).toBe(sent + continuation);
  expect(joined(sent, Array.from(continuation))).toBe(sent + continuation);
});

const word = fc.oneof(
  fc.stringMatching(/^[a-z]{1,9}$/).filter((letters) => !/^(.{3,})\1/.test(letters)),
  fc.constantFrom('naïve', '世界', '😀', '"x"', '\\', 'I’m', '42,'),
);
/** Texts whose words are all different, as prose nearly is. */
const prose = fc
  .tuple(fc.uniqueArray(word, { minLength: 2, maxLength: 40 }), fc.constantFrom(' ', '\n', '  '))
  .map(([words, space]) => words.join(space));

test('a model that goes on exactly is never cut, wherever the text broke and however the rest comes', () => {
  fc.assert(
    fc.property(prose, fc.nat(), fc.array(fc.nat()), (text, at, cuts) => {
      const cut = at % (text.length + 1);
      fc.pre(text.slice(0, cut).isWellFormed());
      expect(joined(text.slice(0, cut), splitAt(text.slice(cut), cuts))).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test('words in a circle are continued exactly once the circle has closed', () => {
  const circle = ['the', 'sun', 'ran', 'far', 'and', 'saw', 'one', 'old', 'map', 'lie'];
  fc.assert(
    fc.property(fc.integer({ min: 12, max: 200 }), fc.nat(), fc.array(fc.nat()), (count, at, cuts) => {
      const text = Array.from({ length: count }, (_, index) => circle[index % circle.length]).join(' ');
      const cut = 50 + (at % Math.max(1, text.length - 50));
      expect(joined(text.slice(0, cut), splitAt(text.slice(cut), cuts))).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('what is repeated of prose is taken out, however it comes', () => {
  fc.assert(
    fc.property(prose, fc.nat(), fc.nat(), fc.array(fc.nat()), (text, at, back, cuts) => {
      const cut = 1 + (at % text.length);
      const sent = text.slice(0, cut);
      const repeated = sent.slice(back % cut);
      fc.pre(sent.isWellFormed() && repeated.isWellFormed() && Buffer.byteLength(repeated) >= 16);
      expect(joined(sent, splitAt(repeated + text.slice(cut), cuts))).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test('whatever comes, in whatever pieces, only what is at the end of the sent text already is taken out', () => {
  const any = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  fc.assert(
    fc.property(any, any, fc.array(fc.nat()), (sent, continuation, cuts) => {
      const whole = joined(sent, [continuation]);
      expect(joined(sent, splitAt(continuation, cuts))).toBe(whole);
      const cut = sent.length + continuation.length - whole.length;
      expect(whole).toBe(sent + continuation.slice(cut));
      expect(sent.endsWith(continuation.slice(0, cut))).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('nothing is held back longer than it could still be a repeat', () => {
  const cutter = createOverlapCutter('The answer is forty-two.');
  expect([cutter.push(' And'), cutter.decided()]).toEqual([' And', true]);
  const repeating = createOverlapCutter('The answer is forty-two.');
  expect(['The', ' answer', ' is for', 'ty-two.', ' And'].map((piece) => repeating.push(piece))).toEqual([
    '',
    '',
    '',
    '',
    ' And',
  ]);
});

test('a long text that repeats itself is decided in bounded work', () => {
  const spaces = ' '.repeat(200_000);
  const cutter = createOverlapCutter(spaces);
  expect(cutter.push(' '.repeat(20))).toBe(' '.repeat(20));
  const story = `${'x'.repeat(100_000)} end`;
  expect(joined(story, splitAt(`${story} of it`, [5, 50_000, 90_000]))).toBe(`${story} of it`);
});
