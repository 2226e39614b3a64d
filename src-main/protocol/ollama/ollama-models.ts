import { createHash } from 'node:crypto';
import type { ModelInfo } from '../../../src-shared/catalog/model-info.ts';
import { asIndex, asText, type JsonObject } from '../json-object.ts';

/** No upstream says when a model was made. */
const MADE_AT = new Date(0).toISOString();

/** What of a model's files there is to tell: they are elsewhere. */
const detailsOf = (slug: string): JsonObject => {
  const family = slug.split('-')[0]!;
  return {
    parent_model: '',
    format: '',
    family,
    families: [family],
    parameter_size: '',
    quantization_level: '',
  };
};

/** An entry of /api/tags. Its size is none, because nothing of it is on this machine; its digest only tells it from others. */
export const ollamaTag = (slug: string): JsonObject => ({
  name: `${slug}:latest`,
  model: `${slug}:latest`,
  modified_at: MADE_AT,
  size: 0,
  digest: createHash('sha256').update(slug).digest('hex'),
  details: detailsOf(slug),
});

/** The answer of /api/show: what clients choose by, such as whether it takes tools and images. */
export function ollamaShow({ slug, ...info }: ModelInfo): JsonObject {
  const images = Array.isArray(info['input_modalities']) && info['input_modalities'].includes('image');
  const contextWindow = asIndex(info['context_window']);
  const { family } = detailsOf(slug);
  return {
    license: '',
    modelfile: '',
    parameters: '',
    template: '',
    system: '',
    details: detailsOf(slug),
    messages: [],
    model_info: {
      'general.architecture': family,
      'general.basename': asText(info['display_name']) ?? slug,
      ...(contextWindow === null ? {} : { [`${family}.context_length`]: contextWindow }),
    },
    capabilities: [
      'completion',
      'tools',
      ...(images ? ['vision'] : []),
      ...(info.supported_reasoning_levels.length > 0 ? ['thinking'] : []),
    ],
    modified_at: MADE_AT,
  };
}
