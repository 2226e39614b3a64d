import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveModel } from '../../../src-shared/catalog/alias.ts';

const models = new Set(['gpt-5.5', 'gpt-5.1-codex', 'gpt-5.1-codex-max', 'gpt-6-luna', 'swift-fast']);
const resolve = (asked: string, aliases: Record<string, string> = {}) =>
  resolveModel(asked, (model) => models.has(model), aliases);
const plain = (model: string) => ({ model, effort: null, serviceTier: null, aliased: false });
const as = (model: string, effort: string | null, serviceTier: string | null = null) => ({
  model,
  effort,
  serviceTier,
  aliased: true,
});

describe('the model behind a name', () => {
  test.each([
    ['gpt-5.5', plain('gpt-5.5')],
    ['gpt-5.5-high', as('gpt-5.5', 'high')],
    ['gpt-5.5-none', as('gpt-5.5', 'none')],
    ['gpt-5.5-minimal', as('gpt-5.5', 'minimal')],
    ['gpt-5.5-xhigh', as('gpt-5.5', 'xhigh')],
    ['gpt-5.5-fast', as('gpt-5.5', null, 'priority')],
    ['gpt-5.5-high-fast', as('gpt-5.5', 'high', 'priority')],
    ['gpt-5.5-fast-high', as('gpt-5.5', 'high', 'priority')],
    ['gpt-5.1-codex-max', plain('gpt-5.1-codex-max')],
    ['gpt-5.1-codex-max-max', as('gpt-5.1-codex-max', 'max')],
    ['gpt-5.1-codex-low', as('gpt-5.1-codex', 'low')],
    ['swift-fast', plain('swift-fast')],
    ['swift-fast-fast', as('swift-fast', null, 'priority')],
    ['gpt-5.5-low-high', null],
    ['gpt-5.5-fast-fast', null],
    ['gpt-5.5-turbo', null],
    ['GPT-5.5', null],
    ['gpt-5.5-HIGH', null],
    ['gpt-5.5-', null],
    ['-high', null],
    ['high', null],
    ['', null],
    ['constructor', null],
  ])('%j', (asked, expected) => {
    expect(resolve(asked)).toEqual(expected);
  });

  test("is the person's own alias first, even over a model of that name", () => {
    const aliases = { mine: 'gpt-5.5-high', 'gpt-6-luna': 'gpt-5.5', chain: 'mine-fast', dead: 'gone' };
    expect([
      resolve('mine', aliases),
      resolve('mine-low', aliases),
      resolve('chain', aliases),
      resolve('gpt-6-luna', aliases),
      resolve('gpt-6-luna-low', aliases),
      resolve('dead', aliases),
    ]).toEqual([
      as('gpt-5.5', 'high'),
      as('gpt-5.5', 'low'),
      as('gpt-5.5', 'high', 'priority'),
      as('gpt-5.5', null),
      as('gpt-5.5', 'low'),
      null,
    ]);
  });

  test('may be an alias of itself, and an alias that goes round in a circle is unknown', () => {
    const aliases = { 'gpt-5.5': 'gpt-5.5-high', a: 'b', b: 'c-fast', c: 'a' };
    expect([resolve('gpt-5.5', aliases), resolve('a', aliases)]).toEqual([
      { model: 'gpt-5.5', effort: 'high', serviceTier: null, aliased: false },
      null,
    ]);
  });

  test('is always one that exists, for any names and any aliases', () => {
    const word = fc.constantFrom('a', 'b', 'gpt-5.5', 'gpt-5.1-codex-max');
    const suffixes = fc.array(fc.constantFrom('-high', '-fast', '-max', '-x'), { maxLength: 3 });
    const name = fc.tuple(word, suffixes).map(([base, ends]) => base + ends.join(''));
    fc.assert(
      fc.property(name, fc.dictionary(name, name, { maxKeys: 6 }), (asked, aliases) => {
        const found = resolve(asked, aliases);
        if (found !== null) expect(models.has(found.model)).toBe(true);
        if (models.has(asked)) expect(found).not.toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });
});
