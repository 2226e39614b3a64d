import { z } from 'zod';
import { catalogModel } from '../../src-shared/catalog/models.ts';
import type { AccountModels } from '../../src-shared/contract/account-models.ts';
import type { Account, OfferedModel } from './account.ts';

const count = z.number().int().positive().nullable().catch(null);
const words = z.array(z.string()).nullable().catch(null);

/** What Relay reads of an upstream's entry (PROTOCOL 6.3); whatever is not as expected reads as unknown. */
const infoSchema = z
  .object({
    display_name: z.string().nullable().catch(null),
    visibility: z.string().nullable().catch(null),
    context_window: count,
    max_context_window: count,
    supported_reasoning_levels: z
      .array(z.object({ effort: z.string() }))
      .nullable()
      .catch(null),
    service_tiers: z
      .array(z.object({ id: z.string() }))
      .nullable()
      .catch(null),
    available_in_plans: words,
  })
  .partial()
  .catch({});

/** An account's own models in the order of its list, then those that it refused lately without listing them. */
export function accountModels(account: Account, offered: readonly OfferedModel[], now: number): AccountModels {
  const refusedUntil = (slug: string): number | null => {
    const until = account.unsupported.get(slug) ?? 0;
    return until > now ? until : null;
  };
  const shown = ({ slug, info }: OfferedModel, listed: boolean): AccountModels['models'][number] => {
    const said = infoSchema.parse(info ?? {});
    const row = catalogModel(slug);
    return {
      slug,
      name: said.display_name ?? row?.displayName ?? slug,
      listed,
      hidden: said.visibility == null ? (row?.hidden ?? false) : said.visibility !== 'list',
      contextWindow: said.context_window ?? row?.contextWindow ?? null,
      maxContextWindow: said.max_context_window ?? row?.maxContextWindow ?? null,
      efforts: said.supported_reasoning_levels?.map(({ effort }) => effort) ?? [...(row?.efforts ?? [])],
      serviceTiers: said.service_tiers?.map(({ id }) => id) ?? [...(row?.tiers ?? [])],
      plans: said.available_in_plans ?? null,
      refusedUntil: refusedUntil(slug),
    };
  };
  const named = new Set(offered.map(({ slug }) => slug));
  const refused = [...account.unsupported.keys()].filter((slug) => !named.has(slug) && refusedUntil(slug) !== null);
  return {
    models: [
      ...offered.map((model) => shown(model, true)),
      ...refused.sort().map((slug) => shown({ slug, info: null }, false)),
    ],
    readAt: account.modelsReadAt,
  };
}
