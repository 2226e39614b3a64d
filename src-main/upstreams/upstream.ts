import type { Credential } from '../protocol/credential.ts';
import type { Exchange, ExchangeObserver } from './exchange.ts';

/** What a driver needs to know of an account. */
export interface UpstreamAccount {
  readonly id: string;
  readonly kind: 'chatgpt' | 'openai';
  readonly wire: 'responses' | 'chat';
  readonly baseUrl: string | null;
}

export interface UpstreamRequest {
  readonly model: string;
  /** The request's body as this account's wire takes it. */
  readonly body: Buffer;
  /** Session headers, the client's own or Relay's. */
  readonly headers: Readonly<Record<string, string>>;
  /** Tools that a Chat upstream knows as functions and the client as custom tools. */
  readonly customTools: ReadonlySet<string>;
  /** Id and time (ms) for the events that a driver has to make itself. */
  readonly responseId: string;
  readonly createdAt: number;
}

/** One kind of upstream. Whatever it speaks, the observer sees a Responses event stream, or the error as it was answered. */
export interface Upstream {
  respond(
    account: UpstreamAccount,
    credential: Credential,
    request: UpstreamRequest,
    observer: ExchangeObserver,
  ): Exchange;
  /** The account's own model list, as the upstream gives it. Rejects with a RelayError. */
  models(account: UpstreamAccount, credential: Credential): Promise<readonly UpstreamModel[]>;
}

export interface UpstreamModel {
  readonly slug: string;
  /** The ModelInfo of the Codex catalogue, where the upstream has one. */
  readonly info: Readonly<Record<string, unknown>> | null;
}
