import { describe, expect, test } from 'vitest';
import { joinModels } from '../../../src-shared/catalog/join-models.ts';
import { modelInfo } from '../../../src-shared/catalog/model-info.ts';

const own = (slug: string, more: object = {}) => ({
  slug,
  display_name: slug.toUpperCase(),
  supported_reasoning_levels: [{ effort: 'low', description: 'x' }],
  shell_type: 'unified_exec',
  visibility: 'list',
  supported_in_api: true,
  priority: 4,
  support_verbosity: true,
  truncation_policy: { mode: 'bytes', limit: 10_000 },
  experimental_supported_tools: [],
  base_instructions: 'x',
  ...more,
});
const required = Object.keys(own('x'));

describe('an entry for the Codex CLI', () => {
  test("is the upstream's own, with everything that it holds", () => {
    const entry = own('gpt-7', { comp_hash: '3000', nested: { unknown: [1] } });
    expect(modelInfo('gpt-7', entry)).toEqual(entry);
  });

  test('may have its instructions in a template', () => {
    const { base_instructions: _, ...entry } = own('gpt-7', { model_messages: { instructions_template: 'x' } });
    expect(modelInfo('gpt-7', entry)).toEqual(entry);
  });

  test.each(required)('is made anew when the one of the upstream lacks %s', (name) => {
    const entry = Object.fromEntries(Object.entries(own('gpt-7')).filter(([key]) => key !== name));
    const made = modelInfo('gpt-7', entry);
    expect(made).toEqual(modelInfo('gpt-7', null));
    expect(required.filter((field) => !(field in made))).toEqual([]);
  });

  test('is never one about another model', () => {
    expect(modelInfo('gpt-7', own('gpt-8'))['slug']).toBe('gpt-7');
  });

  test('of a model in the catalogue has its window, efforts, tiers and the lite mode', () => {
    expect(modelInfo('gpt-6-luna', null)).toMatchObject({
      display_name: 'GPT-6-Luna',
      priority: 4,
      visibility: 'list',
      default_reasoning_level: 'medium',
      supported_reasoning_levels: ['low', 'medium', 'high', 'xhigh', 'max'].map((effort) => ({ effort })),
      context_window: 272_000,
      max_context_window: 872_000,
      service_tiers: [{ id: 'priority' }],
      default_service_tier: 'priority',
      use_responses_lite: true,
      tool_mode: 'code_mode_only',
    });
    expect(modelInfo('gpt-5.5', null)).not.toHaveProperty('use_responses_lite');
    expect(modelInfo('codex-auto-review', null).visibility).toBe('hide');
  });
});

describe('the joined list', () => {
  const lists = [
    {
      ownedBy: 'openai',
      models: [
        { slug: 'gpt-6-luna', info: null },
        { slug: 'zeta', info: null },
      ],
    },
    {
      ownedBy: 'host.example',
      models: [
        { slug: 'alpha', info: null },
        { slug: 'zeta', info: own('zeta') },
      ],
    },
  ];

  test('has every model once, in both shapes and in one order', () => {
    const joined = joinModels(lists);
    expect(joined.data).toEqual([
      { id: 'gpt-6-luna', object: 'model', created: 0, owned_by: 'openai' },
      { id: 'zeta', object: 'model', created: 0, owned_by: 'openai' },
      { id: 'alpha', object: 'model', created: 0, owned_by: 'host.example' },
    ]);
    expect(joined.models).toEqual([modelInfo('gpt-6-luna', null), own('zeta'), modelInfo('alpha', null)]);
    expect(joined.object).toBe('list');
  });

  test('has the same text whatever the order inside the lists', () => {
    const shuffled = lists.map((list) => ({ ...list, models: list.models.toReversed() }));
    expect(JSON.stringify(joinModels(shuffled))).toBe(JSON.stringify(joinModels(lists)));
  });

  test('is empty without accounts', () => {
    expect(joinModels([])).toEqual({ object: 'list', data: [], models: [] });
  });
});
