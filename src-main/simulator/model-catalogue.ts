import { createHash } from 'node:crypto';
import type { JsonObject } from './json-object.ts';
import { type Effort, type ModelRow, modelTable } from './model-table.ts';

export interface Catalogue {
  readonly body: JsonObject;
  readonly etag: string;
}

const effortTexts: Record<Effort, string> = {
  low: 'Quick answers with little thought',
  medium: 'A balance of speed and thought',
  high: 'More thought for harder work',
  xhigh: 'Much thought for hard work',
  max: 'The most thought there is',
  ultra: 'The most thought, with delegated work',
};

/** The list of one account in the form that the Codex CLI takes: every required ModelInfo field (PROTOCOL 6.3). */
export function codexCatalogue(slugs: readonly string[]): Catalogue {
  return withEtag({ models: slugs.map((slug) => modelInfo(rowOf(slug))) });
}

/** The list of an API key in OpenAI's form. */
export function openAiCatalogue(slugs: readonly string[]): Catalogue {
  return withEtag({ object: 'list', data: slugs.map(openAiModel) });
}

export const openAiModel = (slug: string): JsonObject => ({
  id: slug,
  object: 'model',
  created: 1_790_000_000,
  owned_by: 'openai',
});

const withEtag = (body: JsonObject): Catalogue => ({
  body,
  etag: `"${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)}"`,
});

/** A slug outside the table gets the figures of a plain model, so that a test may invent models. */
const rowOf = (slug: string): ModelRow =>
  modelTable.find((model) => model.slug === slug) ?? {
    ...modelTable.find((model) => model.slug === 'gpt-5.5')!,
    slug,
    name: slug,
    priority: 50,
  };

function modelInfo(model: ModelRow): JsonObject {
  return {
    slug: model.slug,
    display_name: model.name,
    description: `${model.name} of the simulated backend.`,
    default_reasoning_level: model.defaultEffort,
    supported_reasoning_levels: model.efforts.map((effort) => ({ effort, description: effortTexts[effort] })),
    shell_type: 'unified_exec',
    visibility: model.hidden ? 'hide' : 'list',
    supported_in_api: true,
    priority: model.priority,
    additional_speed_tiers: model.tier === 'none' ? [] : ['fast'],
    service_tiers:
      model.tier === 'none' ? [] : [{ id: 'priority', name: 'Fast', description: 'Faster, at more usage' }],
    ...(model.tier === 'default' ? { default_service_tier: 'priority' } : {}),
    availability_nux: null,
    upgrade: null,
    base_instructions:
      'You are a coding agent on the simulated backend. Work in the shared folder and answer in short.',
    default_reasoning_summary: 'none',
    support_verbosity: true,
    default_verbosity: 'low',
    apply_patch_tool_type: 'freeform',
    web_search_tool_type: 'text_and_image',
    truncation_policy: { mode: 'tokens', limit: 10_000 },
    supports_image_detail_original: true,
    context_window: model.contextWindow,
    max_context_window: model.maxContextWindow,
    effective_context_window_percent: 95,
    experimental_supported_tools: [],
    input_modalities: ['text', 'image'],
    supports_search_tool: true,
    use_responses_lite: model.lite,
    ...(model.lite ? { tool_mode: 'code_mode_only', multi_agent_version: 'v2' } : {}),
    ...(model.efforts.includes('ultra') ? { multi_agent_reasoning_effort: 'xhigh' } : {}),
  };
}
