import { createHash } from 'node:crypto';
import type { Backend } from './backend.ts';
import { type Exchange, reply } from './exchange.ts';
import type { Fault } from './fault.ts';
import { uuidOf } from './id-source.ts';
import { type JsonObject, objectOr, textOr } from './json-object.ts';
import { codexClientId, type TokenSet } from './login-tokens.ts';
import { cutConnection, playBeforeAnswer } from './plain-fault.ts';
import { errorRefusal, Refusal } from './refusal.ts';
import { signedJwt } from './signed-jwt.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { unsignedJwt } from './unsigned-jwt.ts';

export interface SignInOptions {
  /** Only these loopback ports are on the issuer's allow-list (PROTOCOL 1.1). */
  readonly redirectPorts?: readonly number[] | 'any';
  /** How often a device poll answers "pending" before it succeeds. */
  readonly devicePendingPolls?: number;
  /** False: this workspace has no device sign-in, and the start answers 404. */
  readonly deviceSignIn?: boolean;
  readonly codeTtlMs?: number;
}

/** The sign-in service: authorize, token, revoke and device code (PROTOCOL 1). */
export interface SignIn {
  /** The account that the next sign-ins are for; the first ChatGPT account until told. */
  signInAs(account: SimulatedAccount): void;
  authorize(exchange: Exchange): Promise<void>;
  token(exchange: Exchange): Promise<void>;
  revoke(exchange: Exchange): Promise<void>;
  deviceStart(exchange: Exchange): Promise<void>;
  devicePoll(exchange: Exchange): Promise<void>;
}

interface Grant {
  readonly account: SimulatedAccount;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly expiresAt: number;
}

export function createSignIn(backend: Backend, issuer: () => string, options: SignInOptions = {}): SignIn {
  const { redirectPorts = [1455, 1457], devicePendingPolls = 2, deviceSignIn = true, codeTtlMs = 600_000 } = options;
  const grants = new Map<string, Grant>();
  const devices = new Map<string, { readonly account: SimulatedAccount; readonly userCode: string; polls: number }>();
  let chosen: SimulatedAccount | null = null;

  const signingIn = (): SimulatedAccount => {
    const account = chosen ?? backend.accounts.find((candidate) => candidate.kind === 'chatgpt');
    if (account === undefined) throw invalidGrant('no account can sign in');
    return account;
  };
  const grant = (entry: Omit<Grant, 'expiresAt'>): string => {
    const code = backend.nextId('ac');
    grants.set(code, { ...entry, expiresAt: backend.clock.now() + codeTtlMs });
    return code;
  };
  const allowsRedirect = (uri: string): boolean => {
    if (!URL.canParse(uri)) return false;
    const { protocol, hostname, port, pathname } = new URL(uri);
    if (protocol !== 'http:' || pathname !== '/auth/callback') return false;
    if (hostname !== 'localhost' && hostname !== '127.0.0.1') return false;
    return redirectPorts === 'any' || redirectPorts.includes(Number(port));
  };
  const exchangeCode = (fields: JsonObject): { account: SimulatedAccount; tokens: () => TokenSet } => {
    const code = textOr(fields['code'], '');
    const entry = grants.get(code);
    grants.delete(code);
    if (entry === undefined) throw invalidGrant('the code is unknown or was used');
    if (entry.expiresAt <= backend.clock.now()) throw invalidGrant('the code has expired');
    if (fields['redirect_uri'] !== entry.redirectUri) throw invalidGrant('redirect_uri differs from the first request');
    if (challengeOf(textOr(fields['code_verifier'], '')) !== entry.challenge) {
      throw invalidGrant('code_verifier does not fit the challenge');
    }
    return { account: entry.account, tokens: () => entry.account.tokens.issue() };
  };

  return {
    signInAs(account) {
      chosen = account;
    },
    async authorize(exchange) {
      const account = signingIn();
      exchange.record.account = account.name;
      const faults = account.faults.take('authorize');
      if (await playBeforeAnswer(exchange, account, faults, backend)) return;
      const { query } = exchange;
      const redirectUri = query.get('redirect_uri') ?? '';
      const challenge = query.get('code_challenge') ?? '';
      const state = query.get('state') ?? '';
      if (query.get('client_id') !== codexClientId) throw invalidRequest('client_id is unknown');
      if (query.get('response_type') !== 'code') throw invalidRequest('response_type must be code');
      if (!allowsRedirect(redirectUri)) throw invalidRequest('redirect_uri is not on the allow-list');
      if (challenge === '' || query.get('code_challenge_method') !== 'S256')
        throw invalidRequest('PKCE S256 is required');
      if (state === '') throw invalidRequest('state is required');
      const denied = faults.find((fault) => fault.kind === 'denied');
      const answer = new URL(redirectUri);
      if (denied === undefined) answer.searchParams.set('code', grant({ account, redirectUri, challenge }));
      else {
        answer.searchParams.set('error', denied.error);
        answer.searchParams.set('error_description', denied.description);
      }
      answer.searchParams.set('state', state);
      reply(exchange, 302, '', { location: answer.href });
    },
    async token(exchange) {
      const fields = objectOr(exchange.body);
      if (fields['client_id'] !== codexClientId) throw invalidRequest('client_id is unknown');
      const refreshing = fields['grant_type'] === 'refresh_token';
      if (!refreshing && fields['grant_type'] !== 'authorization_code')
        throw invalidRequest('grant_type is not supported');
      const found = refreshing ? findRefresh(backend, textOr(fields['refresh_token'], '')) : exchangeCode(fields);
      exchange.record.account = found.account.name;
      const faults = found.account.faults.take('token');
      if (await playBeforeAnswer(exchange, found.account, faults, backend)) return;
      const tokens = found.tokens();
      // The answer that gets lost after the token was spent (FAULTS 1.3).
      const lost = faults.find((fault) => fault.kind === 'cut' && fault.at === 'headers');
      if (lost === undefined) reply(exchange, 200, tokenReply(tokens, faults));
      else cutConnection(exchange, 'reset');
    },
    async revoke(exchange) {
      const token = textOr(objectOr(exchange.body)['token'], '');
      const owner = backend.accounts.find((account) => account.tokens.revoke(token));
      exchange.record.account = owner?.name ?? null;
      const faults = owner?.faults.take('revoke') ?? [];
      if (owner !== undefined && (await playBeforeAnswer(exchange, owner, faults, backend))) return;
      reply(exchange, 200, {});
    },
    async deviceStart(exchange) {
      if (!deviceSignIn) throw new Refusal(404, { detail: 'Not Found' });
      const account = signingIn();
      exchange.record.account = account.name;
      if (await playBeforeAnswer(exchange, account, account.faults.take('device-start'), backend)) return;
      if (objectOr(exchange.body)['client_id'] !== codexClientId) throw invalidRequest('client_id is unknown');
      const id = backend.nextId('deviceauth');
      const userCode = `${uuidOf(id).slice(0, 4)}-${uuidOf(id).slice(9, 13)}0`.toUpperCase();
      devices.set(id, { account, userCode, polls: 0 });
      const expiresAt = new Date(backend.clock.now() + 900_000).toISOString();
      reply(exchange, 200, { device_auth_id: id, user_code: userCode, interval: '1', expires_at: expiresAt });
    },
    async devicePoll(exchange) {
      const fields = objectOr(exchange.body);
      const device = devices.get(textOr(fields['device_auth_id'], ''));
      if (device === undefined || device.userCode !== fields['user_code']) throw devicePending();
      exchange.record.account = device.account.name;
      if (await playBeforeAnswer(exchange, device.account, device.account.faults.take('device-poll'), backend)) return;
      device.polls += 1;
      if (device.polls <= devicePendingPolls) throw devicePending();
      const verifier = backend.nextId('verifier');
      const challenge = challengeOf(verifier);
      const code = grant({ account: device.account, redirectUri: `${issuer()}/deviceauth/callback`, challenge });
      reply(exchange, 200, { authorization_code: code, code_challenge: challenge, code_verifier: verifier });
    },
  };
}

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** Finds the login and answers what the issuer answers for a token that cannot be refreshed (PROTOCOL 1.3, capture 64). */
function findRefresh(backend: Backend, refreshToken: string): { account: SimulatedAccount; tokens: () => TokenSet } {
  const account = backend.accounts.find((candidate) => candidate.tokens.knows(refreshToken));
  if (account === undefined) throw refreshRefusal('invalidated');
  return {
    account,
    tokens() {
      const result = account.tokens.refresh(refreshToken);
      if (result.state !== 'rotated') throw refreshRefusal(result.state);
      return result.tokens;
    },
  };
}

const refreshTexts = {
  reused: 'Your refresh token has already been used to generate a new access token. Please try signing in again.',
  expired: 'Your refresh token has expired. Please try signing in again.',
  invalidated: 'Your refresh token has been invalidated. Please try signing in again.',
} as const;

const refreshRefusal = (state: keyof typeof refreshTexts): Refusal =>
  errorRefusal(401, `refresh_token_${state}`, refreshTexts[state]);

const invalidGrant = (reason: string): Refusal =>
  new Refusal(400, { error: 'invalid_grant', error_description: `The grant is not valid: ${reason}.` });

const invalidRequest = (reason: string): Refusal =>
  new Refusal(400, { error: 'invalid_request', error_description: `The request is not valid: ${reason}.` });

const devicePending = (): Refusal =>
  errorRefusal(403, 'deviceauth_authorization_unknown', 'Device authorization is unknown. Please try again.');

function tokenReply(tokens: TokenSet, faults: readonly Fault[]): JsonObject {
  const foreign = faults.find((fault) => fault.kind === 'wrong-account');
  const body = {
    id_token: foreign === undefined ? tokens.idToken : signedJwt(movedTo(tokens.idToken, foreign.accountId)),
    access_token:
      foreign === undefined ? tokens.accessToken : unsignedJwt(movedTo(tokens.accessToken, foreign.accountId)),
  };
  return faults.some((fault) => fault.kind === 'no-refresh-token')
    ? body
    : { ...body, refresh_token: tokens.refreshToken };
}

/** The claims of a token with another account id in them. */
function movedTo(token: string, accountId: string): JsonObject {
  const parsed: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const claims = objectOr(parsed);
  const name = 'https://api.openai.com/auth';
  return { ...claims, [name]: { ...objectOr(claims[name]), chatgpt_account_id: accountId } };
}
