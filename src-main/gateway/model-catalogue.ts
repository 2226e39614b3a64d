import { createHash } from 'node:crypto';
import { joinModels, type ModelList } from '../../src-shared/catalog/join-models.ts';
import type { ModelCatalogue } from './ports.ts';

export interface CatalogueAccount {
  readonly enabled: boolean;
  /** `null` while the account's list is not known: then any model may be its own. */
  readonly models: ReadonlySet<string> | null;
}

/** The models of all enabled accounts as one list. */
export function createModelCatalogue(
  accounts: () => readonly CatalogueAccount[],
  lists: () => readonly ModelList[],
): ModelCatalogue {
  return {
    isKnown(model) {
      const usable = accounts().filter((account) => account.enabled);
      return usable.length === 0 || usable.some(({ models }) => models === null || models.has(model));
    },
    list(allowed) {
      const seen = lists().map(({ ownedBy, models }) => ({
        ownedBy,
        models: models.filter(({ slug }) => allowed === null || allowed.includes(slug)),
      }));
      const body = { ...joinModels(seen) };
      const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
      return { body, etag: `"${digest.slice(0, 27)}"` };
    },
  };
}
