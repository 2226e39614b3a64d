import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Credential } from '../../protocol/credential.ts';
import type { Exchanges } from '../exchange.ts';
import { fetchJson, type JsonAnswer } from '../fetch-json.ts';
import { upstreamHeaders } from '../request-headers.ts';
import type { Upstream, UpstreamAccount, UpstreamModel } from '../upstream.ts';

export interface ChatgptUpstreamOptions {
  readonly exchanges: Exchanges;
  /** Default https://chatgpt.com/backend-api */
  readonly baseUrl: string;
  readonly version: string;
  /** The catalogue differs by client version (PROTOCOL 6.3). */
  readonly clientVersion: string;
  /** How long a list or a reading may take; 15 s where it is not given. */
  readonly patienceMs?: number;
}

export interface ChatgptUpstream extends Upstream {
  /** The usage of a login as the backend tells it, with whatever status (PROTOCOL 6.4). Rejects where no JSON comes in time. */
  usage(account: UpstreamAccount, credential: Credential): Promise<JsonAnswer>;
}

/** The ChatGPT Codex backend behind a person's own login. */
export function createChatgptUpstream({
  exchanges,
  baseUrl,
  version,
  clientVersion,
  patienceMs = 15_000,
}: ChatgptUpstreamOptions): ChatgptUpstream {
  const root = baseUrl.replace(/\/+$/, '');
  const base = `${root}/codex`;
  const usageUrl = new URL(`${root}/wham/usage`);
  const get = (account: UpstreamAccount, credential: Credential, url: URL): Promise<JsonAnswer> => {
    // Relay's own requests say that they are Relay's (PROTOCOL 0).
    const own = { originator: 'relay', 'user-agent': `relay/${version}` };
    return fetchJson(exchanges, account.id, url, upstreamHeaders(own, credential, 'application/json'), patienceMs);
  };
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
      const { status, body } = await get(account, credential, url);
      const list = modelList(body);
      if (status !== 200 || list === null) {
        throw new RelayError('upstream_error', {
          message: `The model list of this login could not be read (HTTP ${status}).`,
        });
      }
      return list;
    },
    usage: (account, credential) => get(account, credential, usageUrl),
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
