import { resolveModel } from '../../src-shared/catalog/alias.ts';
import { catalogModels } from '../../src-shared/catalog/models.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';

export interface AskedModelPorts {
  readonly isKnown: (model: string) => boolean;
  readonly settings: () => Settings;
  readonly newestCall: () => Promise<CallRecord | undefined>;
}

/** The model that a question about routing means: behind a client's name for it, or else the newest call's, or the first of the catalogue. */
export function createAskedModel({ isKnown, settings, newestCall }: AskedModelPorts) {
  const behind = (name: string): string => resolveModel(name, isKnown, settings()['models.aliases'])?.model ?? name;
  return async (asked: string | undefined): Promise<string> => {
    if (asked !== undefined) return behind(asked);
    const newest = await newestCall();
    if (newest !== undefined && newest.modelAsked !== '') return newest.modelRan ?? behind(newest.modelAsked);
    return (catalogModels.find(({ slug }) => isKnown(slug)) ?? catalogModels[0]!).slug;
  };
}
