import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Exchanges } from '../exchange.ts';
import { fetchJson } from '../fetch-json.ts';
import { upstreamHeaders } from '../request-headers.ts';
import type { Upstream, UpstreamModel } from '../upstream.ts';

export interface ChatgptUpstreamOptions {
  readonly exchanges: Exchanges;
  /** Default https://chatgpt.com/backend-api */
  readonly baseUrl: string;
  readonly version: string;
  /** The catalogue differs by client version (PROTOCOL 6.3). */
  readonly clientVersion: string;
}

const MODELS_TIMEOUT_MS = 15_000;

/** The ChatGPT Codex backend behind a person's own login. */
export function createChatgptUpstream({
  exchanges,
  baseUrl,
  version,
  clientVersion,
}: ChatgptUpstreamOptions): Upstream {
  const base = `${baseUrl.replace(/\/+$/, '')}/codex`;
  const responses = new URL(`${base}/responses`);
  return {
    respond(account, credential, request, observer) {
      const headers = upstreamHeaders(request.headers, credential, 'text/event-stream');
      headers['content-type'] = 'application/json';
      return exchanges.send(account.id, { url: responses, method: 'POST', headers, body: request.body }, observer);
    },
    async models(account, credential) {
      const url = new URL(`${base}/models`);
      url.searchParams.set('client_version', clientVersion);
      const own = { originator: 'relay', 'user-agent': `relay/${version}` };
      const headers = upstreamHeaders(own, credential, 'application/json');
      const { status, body } = await fetchJson(exchanges, account.id, url, headers, MODELS_TIMEOUT_MS);
      const list = modelList(body);
      if (status !== 200 || list === null) {
        throw new RelayError('upstream_error', {
          message: `The model list of this login could not be read (HTTP ${status}).`,
        });
      }
      return list;
    },
  };
}

function modelList(body: unknown): readonly UpstreamModel[] | null {
  if (typeof body !== 'object' || body === null || !('models' in body) || !Array.isArray(body.models)) return null;
  const models: UpstreamModel[] = [];
  for (const info of body.models as unknown[]) {
    if (typeof info === 'object' && info !== null && 'slug' in info && typeof info.slug === 'string') {
      models.push({ slug: info.slug, info: info as Record<string, unknown> });
    }
  }
  return models;
}
