import * as oauth from 'oauth4webapi';
import type { Clock } from '../../../src-shared/domain/clock.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { asObject } from '../../protocol/json-object.ts';
import type { Issuer } from '../issuer.ts';
import { IssuerRefusal, notALogin } from '../issuer-refusal.ts';
import { chatgptLogin, type Login } from '../login.ts';

/** An authorization code and what it was asked for with. */
export interface CodeGrant {
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier: string;
}

/**
 * Trades a code for a login. Rejects with a RelayError; its id token is of this issuer, for this client, signed RS256 by
 * its header and not expired, as oauth4webapi checks it. The connection itself proves who answered.
 */
export async function exchangeCode(issuer: Issuer, grant: CodeGrant, clock: Clock): Promise<Login> {
  try {
    const tokens = await issuer.inTurn(() => requestTokens(issuer, grant));
    const login = chatgptLogin({
      type: 'chatgpt',
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token ?? null,
      idToken: tokens.id_token ?? null,
      lastRefreshAt: clock.now(),
    });
    if (login !== null) return login;
  } catch (error) {
    if (error instanceof RelayError) throw error;
    if (error instanceof IssuerRefusal) {
      throw new RelayError('upstream_error', { message: `${error.message} Start the sign-in again.`, cause: error });
    }
    throw notALogin(error, issuer.host);
  }
  throw new RelayError('upstream_invalid_response', {
    message: 'These tokens name no ChatGPT workspace. Sign in again.',
  });
}

async function requestTokens(issuer: Issuer, { code, redirectUri, verifier }: CodeGrant) {
  const { server, authentication, requests } = issuer;
  // The state was compared before, with what only the sign-in knows.
  const parameters = oauth.validateAuthResponse(
    server,
    issuer.client(),
    new URLSearchParams({ code }),
    oauth.expectNoState,
  );
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    issuer.client(),
    authentication,
    parameters,
    redirectUri,
    verifier,
    requests,
  );
  const named = await withTokenType(response);
  return oauth.processAuthorizationCodeResponse(server, issuer.client(response), named, { requireIdToken: true });
}

/** The reply is recorded as three tokens alone (PROTOCOL 1.1); OAuth's own rules, which the library holds, want a type too. */
async function withTokenType(response: Response): Promise<Response> {
  const reply = asObject(await response.json().catch(() => null));
  const headers = { 'content-type': 'application/json' };
  return new Response(JSON.stringify({ token_type: 'bearer', ...reply }), { status: response.status, headers });
}
