import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Exchanges } from '../exchange.ts';
import { fetchJson } from '../fetch-json.ts';
import { upstreamHeaders } from '../request-headers.ts';
import type { UpstreamModel } from '../upstream.ts';
import { endpointOf, modelList } from './openai-upstream.ts';

export interface KeyCheckOptions {
  readonly exchanges: Exchanges;
  /** For keys without a base URL of their own. */
  readonly baseUrl: string;
  readonly version: string;
}

export interface KeyToCheck {
  readonly apiKey: string;
  readonly baseUrl: string | null;
}

const TIMEOUT_MS = 15_000;
/** Not an account's id: nothing that is checked shares a connection with one. */
const POOL = 'key-check';

/**
 * Tries a key with one real call before it is kept: its own model list, which is the answer. Rejects with `invalid_value`
 * where the key is refused, and with another RelayError where it could not be checked.
 */
export function createKeyCheck({ exchanges, baseUrl, version }: KeyCheckOptions) {
  return async (key: KeyToCheck): Promise<readonly UpstreamModel[]> => {
    const url = endpointOf(key, baseUrl, 'models');
    const credential = { authorization: `Bearer ${key.apiKey}`, accountId: null };
    const headers = upstreamHeaders({ 'user-agent': `relay/${version}` }, credential, 'application/json');
    try {
      const { status, body } = await fetchJson(exchanges, POOL, url, headers, TIMEOUT_MS);
      const list = modelList(body);
      if (status === 200 && list !== null) return list;
      throw refusal(status, url.host);
    } finally {
      exchanges.forget(POOL);
    }
  };
}

function refusal(status: number, host: string): RelayError {
  if (status === 401) {
    return refused(`${host} does not accept this API key. Copy it again, or make a new one. Nothing was kept.`);
  }
  if (status === 403) {
    return refused(
      `${host} does not let this API key list its models. Use another key, or keep it without the check (--unchecked).`,
    );
  }
  return new RelayError('upstream_error', { message: `${host} answered ${status} when asked for its models.` });
}

const refused = (message: string): RelayError => new RelayError('invalid_value', { message, param: 'apiKey' });
