import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Exchanges } from '../exchange.ts';
import { fetchJson } from '../fetch-json.ts';
import { upstreamHeaders } from '../request-headers.ts';
import type { Upstream, UpstreamAccount, UpstreamModel } from '../upstream.ts';
import { sendOverChat } from './chat-wire.ts';

export interface OpenAiUpstreamOptions {
  readonly exchanges: Exchanges;
  /** Default https://api.openai.com/v1, for accounts without a base URL of their own. */
  readonly baseUrl: string;
  readonly version: string;
  readonly maxEventBytes: () => number;
}

const MODELS_TIMEOUT_MS = 15_000;

/** An API key at api.openai.com or at any compatible base URL, by the Responses or the Chat wire. */
export function createOpenAiUpstream({ exchanges, baseUrl, version, maxEventBytes }: OpenAiUpstreamOptions): Upstream {
  return {
    respond(account, credential, request, observer) {
      const headers = upstreamHeaders(request.headers, credential, 'text/event-stream');
      headers['content-type'] = 'application/json';
      if (account.wire === 'chat') {
        const url = endpointOf(account, baseUrl, 'chat/completions');
        return sendOverChat(
          exchanges,
          account.id,
          { ...request, url, headers, maxEventBytes: maxEventBytes() },
          observer,
        );
      }
      const url = endpointOf(account, baseUrl, 'responses');
      return exchanges.send(account.id, { url, method: 'POST', headers, body: request.body }, observer);
    },
    async models(account, credential) {
      const headers = upstreamHeaders({ 'user-agent': `relay/${version}` }, credential, 'application/json');
      const url = endpointOf(account, baseUrl, 'models');
      const { status, body } = await fetchJson(exchanges, account.id, url, headers, MODELS_TIMEOUT_MS);
      const list = modelList(body);
      if (status === 401) throw new RelayError('upstream_error', { message: 'The upstream refused this API key.' });
      if (status !== 200 || list === null) {
        throw new RelayError('upstream_error', {
          message: `The model list of this key could not be read (HTTP ${status}).`,
        });
      }
      return list;
    },
  };
}

/** An endpoint below an account's base URL, which may end with or without a slash. */
export function endpointOf(account: Pick<UpstreamAccount, 'baseUrl'>, defaultBaseUrl: string, path: string): URL {
  return new URL(`${(account.baseUrl ?? defaultBaseUrl).replace(/\/+$/, '')}/${path}`);
}

/** `null` where this is no list of models. */
export function modelList(body: unknown): readonly UpstreamModel[] | null {
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) return null;
  const models: UpstreamModel[] = [];
  for (const entry of body.data as unknown[]) {
    if (typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string') {
      models.push({ slug: entry.id, info: null });
    }
  }
  return models;
}
