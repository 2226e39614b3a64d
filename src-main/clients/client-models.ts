import { catalogModels } from '../../src-shared/catalog/models.ts';
import type { ClientModel } from './setup.ts';

/** Entries of the pool's model list, as far as clients are told of them. */
interface ListedModel {
  readonly slug: string;
  readonly display_name: string;
  readonly visibility: string;
  readonly context_window?: unknown;
}

/** Where an upstream does not say: what all models of the catalogue take. */
const USUAL_WINDOW = 272_000;

/** What a client's settings offer: the pool's own models, or those of the catalogue while no account has told its own. */
export function clientModels(listed: readonly ListedModel[]): ClientModel[] {
  const offered = listed
    .filter(({ visibility }) => visibility === 'list')
    .map(({ slug, display_name: name, context_window: window }) => ({
      id: slug,
      name,
      contextWindow: typeof window === 'number' && window > 0 ? window : USUAL_WINDOW,
    }));
  if (offered.length > 0) return offered;
  return catalogModels
    .filter(({ hidden }) => !hidden)
    .map(({ slug, displayName, contextWindow }) => ({ id: slug, name: displayName, contextWindow }));
}
