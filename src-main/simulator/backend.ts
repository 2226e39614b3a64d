import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { IdSource } from './id-source.ts';
import type { JsonObject } from './json-object.ts';
import type { PromptCache } from './prompt-cache.ts';
import { detailRefusal, errorRefusal } from './refusal.ts';
import type { Latency, SimulatedAccount } from './simulated-account.ts';

/** What all endpoints share. */
export interface Backend {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly nextId: IdSource;
  readonly cache: PromptCache;
  readonly accounts: readonly SimulatedAccount[];
  readonly latency: Latency;
  /** Responses kept by the API for `previous_response_id`, by id: their whole input and output. */
  readonly stored: Map<string, { readonly account: string; readonly items: readonly JsonObject[] }>;
}

/** The bearer token of a request; null when there is none. */
export function bearerOf(authorization: string | null): string | null {
  return /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? null;
}

/** The account whose login this is; refuses what the ChatGPT backend refuses. */
export function chatgptAccount(
  backend: Backend,
  authorization: string | null,
  accountId: string | null,
): SimulatedAccount {
  const token = bearerOf(authorization);
  if (token === null) throw detailRefusal(401, 'Unauthorized');
  for (const account of backend.accounts) {
    if (account.kind !== 'chatgpt') continue;
    const state = account.tokens.accessState(token);
    if (state === 'unknown') continue;
    if (state === 'expired') throw expired('token_expired', 'Your authentication token has expired.');
    if (state === 'invalidated') throw expired('token_invalidated', 'Your authentication token has been invalidated.');
    if (accountId === account.accountId) return account;
    throw detailRefusal(403, 'The chatgpt-account-id header does not match the authentication token.');
  }
  throw expired('token_invalidated', 'Your authentication token is not valid.');
}

/** The account that this personal access token is of; refuses as the sign-in service does. */
export function personalTokenAccount(backend: Backend, authorization: string | null): SimulatedAccount {
  const token = bearerOf(authorization) ?? '';
  const account = backend.accounts.find((candidate) => candidate.tokens.accessState(token) === 'valid');
  if (account === undefined || !token.startsWith('at-')) throw detailRefusal(401, 'Unauthorized');
  return account;
}

/** The account whose key this is; refuses as api.openai.com does. */
export function apiAccount(backend: Backend, authorization: string | null): SimulatedAccount {
  const key = bearerOf(authorization);
  if (key === null) throw errorRefusal(401, null, "You didn't provide an API key.");
  const account = backend.accounts.find((candidate) => candidate.kind === 'openai' && candidate.apiKey === key);
  if (account === undefined) throw errorRefusal(401, 'invalid_api_key', 'Incorrect API key provided.');
  return account;
}

const expired = (code: string, message: string): Error =>
  errorRefusal(401, code, message, null, { 'x-openai-authorization-error': code });
