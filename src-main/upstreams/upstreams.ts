import type { Environment } from '../config/environment.ts';
import { createChatgptUpstream } from './chatgpt/chatgpt-upstream.ts';
import type { Exchanges } from './exchange.ts';
import { createOpenAiUpstream } from './openai/openai-upstream.ts';
import type { UpstreamAccount } from './upstream.ts';

/** The Codex version whose protocol Relay speaks: model lists differ by it (PROTOCOL 6.3). */
const CODEX_VERSION = '0.169.0';

export interface UpstreamsPorts {
  readonly exchanges: Exchanges;
  readonly environment: Pick<Environment, 'chatgptBaseUrl' | 'openaiBaseUrl'>;
  readonly version: string;
  readonly maxEventBytes: () => number;
}

/** The driver for each kind of account, and where it sends. */
export function createUpstreams({ exchanges, environment, version, maxEventBytes }: UpstreamsPorts) {
  const { chatgptBaseUrl, openaiBaseUrl } = environment;
  const chatgpt = createChatgptUpstream({ exchanges, baseUrl: chatgptBaseUrl, version, clientVersion: CODEX_VERSION });
  const openai = createOpenAiUpstream({ exchanges, baseUrl: openaiBaseUrl, version, maxEventBytes });
  return {
    chatgpt,
    of: (account: UpstreamAccount) => (account.kind === 'chatgpt' ? chatgpt : openai),
    hostOf: ({ kind, baseUrl }: UpstreamAccount): string =>
      new URL(baseUrl ?? (kind === 'chatgpt' ? chatgptBaseUrl : openaiBaseUrl)).host,
  };
}
