import { type ModelInfo, modelInfo } from './model-info.ts';

/** The models of one account. */
export interface ModelList {
  readonly ownedBy: string;
  readonly models: readonly {
    readonly slug: string;
    /** The upstream's own entry of the Codex catalogue, where it has one. */
    readonly info: Readonly<Record<string, unknown>> | null;
  }[];
}

/** One body that both the OpenAI SDKs (`data`) and the Codex CLI (`models`) accept (PROTOCOL 6.3). */
export interface JoinedModels {
  readonly object: 'list';
  readonly data: readonly {
    readonly id: string;
    readonly object: 'model';
    readonly created: number;
    readonly owned_by: string;
  }[];
  readonly models: readonly ModelInfo[];
}

/** No upstream says when a model was made in a way that holds for all of them; the SDKs ask for a number. */
const CREATED = 0;

/**
 * The union of what all accounts offer, each model once, in the catalogue's order. The first list that has an entry of
 * its own for a model wins. Equal lists give an equal body, so an ETag may be made of its text.
 */
export function joinModels(lists: readonly ModelList[]): JoinedModels {
  const bySlug = new Map<string, { ownedBy: string; info: Readonly<Record<string, unknown>> | null }>();
  for (const { ownedBy, models } of lists) {
    for (const { slug, info } of models) {
      const known = bySlug.get(slug);
      if (known === undefined) bySlug.set(slug, { ownedBy, info });
      else if (known.info === null && info !== null) bySlug.set(slug, { ownedBy: known.ownedBy, info });
    }
  }
  const joined = [...bySlug]
    .map(([slug, { ownedBy, info }]) => ({ ownedBy, info: modelInfo(slug, info) }))
    .sort((a, b) => a.info.priority - b.info.priority || (a.info.slug < b.info.slug ? -1 : 1));
  return {
    object: 'list',
    data: joined.map(({ info, ownedBy }) => ({ id: info.slug, object: 'model', created: CREATED, owned_by: ownedBy })),
    models: joined.map(({ info }) => info),
  };
}
