import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** What only an API-key account can serve, by the first part of the path, as a person calls it. */
const apiOnly: Readonly<Record<string, string>> = {
  embeddings: 'Embeddings',
  images: 'Image endpoints',
  audio: 'Audio endpoints',
  files: 'Files',
  batches: 'Batches',
  uploads: 'Uploads',
  moderations: 'Moderations',
  completions: 'Legacy completions',
  vector_stores: 'Vector stores',
  fine_tuning: 'Fine-tuning',
};

/** Whether an API-key account could serve this `/v1/...` path although Relay itself does not speak it. */
export const isPassthroughPath = (path: string): boolean => Object.hasOwn(apiOnly, firstPart(path));

/** The 404 for a `/v1` path, which says what Relay serves. */
export function notServed(path: string): RelayError {
  const name = apiOnly[firstPart(path)];
  const serves = 'Relay serves /v1/responses, /v1/chat/completions and /v1/models.';
  if (name !== undefined) {
    const message = `${name} are not served by ChatGPT logins; add an API-key account to pass them through. ${serves}`;
    return new RelayError('not_found', { message });
  }
  return new RelayError('not_found', { message: `Relay does not serve ${path.slice(0, 100)}. ${serves}` });
}

const firstPart = (path: string): string => path.split('/')[2] ?? '';
