import { z } from 'zod';
import { catalogModel, type Effort } from './models.ts';

/**
 * What the Codex CLI must find in an entry of its model list; one entry without any of these makes it refuse the
 * whole list (PROTOCOL 6.3).
 */
const requiredSchema = z.looseObject({
  slug: z.string(),
  display_name: z.string(),
  supported_reasoning_levels: z.array(z.looseObject({ effort: z.string(), description: z.string() })),
  shell_type: z.string(),
  visibility: z.enum(['list', 'hide', 'none']),
  supported_in_api: z.boolean(),
  priority: z.number().int(),
  support_verbosity: z.boolean(),
  truncation_policy: z.looseObject({ mode: z.enum(['bytes', 'tokens']), limit: z.number().int() }),
  experimental_supported_tools: z.array(z.string()),
});
const instructionsSchema = z.union([
  z.looseObject({ base_instructions: z.string() }),
  z.looseObject({ model_messages: z.looseObject({ instructions_template: z.string() }) }),
]);

/** An entry of the Codex model list; whatever else an upstream puts into it is kept. */
export type ModelInfo = z.infer<typeof requiredSchema>;

/** The upstream's own entry where the Codex CLI would take it, else one made from the catalogue. */
export function modelInfo(slug: string, info: Readonly<Record<string, unknown>> | null): ModelInfo {
  const given = requiredSchema.safeParse(info);
  const usable = given.success && given.data.slug === slug && instructionsSchema.safeParse(info).success;
  return usable ? given.data : minimalModelInfo(slug);
}

/** After every model with a place of its own. */
const LAST = 1_000;

function minimalModelInfo(slug: string): ModelInfo {
  const row = catalogModel(slug);
  const shared = {
    slug,
    display_name: row?.displayName ?? slug,
    supported_reasoning_levels: (row?.efforts ?? []).map((effort) => ({ effort, description: descriptions[effort] })),
    shell_type: 'unified_exec',
    visibility: row?.hidden ? ('hide' as const) : ('list' as const),
    supported_in_api: true,
    priority: row?.priority ?? LAST,
    support_verbosity: row !== null,
    truncation_policy: { mode: 'tokens' as const, limit: 10_000 },
    experimental_supported_tools: [],
    base_instructions: instructions,
  };
  if (row === null) return shared;
  return {
    ...shared,
    default_reasoning_level: row.defaultEffort,
    context_window: row.contextWindow,
    max_context_window: row.maxContextWindow,
    effective_context_window_percent: 95,
    service_tiers: row.tiers.map((id) => ({ id, name: 'Fast', description: 'Faster answers, counted as more usage' })),
    ...(row.defaultTier === null ? {} : { default_service_tier: row.defaultTier }),
    input_modalities: ['text', 'image'],
    ...(row.lite ? { use_responses_lite: true, tool_mode: 'code_mode_only' } : {}),
  };
}

const descriptions: Readonly<Record<Effort, string>> = {
  none: 'Answers without reasoning',
  minimal: 'Hardly any reasoning',
  low: 'Little reasoning, quick answers',
  medium: 'A balance of reasoning and speed',
  high: 'More reasoning for harder work',
  xhigh: 'Much more reasoning for hard problems',
  max: 'As much reasoning as the model has',
  ultra: 'As much reasoning as the model has, shared out among agents',
};

const instructions =
  'You are a coding agent that works in a terminal on the computer of the person you help. Look before you change anything, use the tools you are given, keep to what was asked, and say plainly what you did and what is left.';
