import * as oauth from 'oauth4webapi';
import type { Issuer } from '../issuer.ts';

export const CALLBACK_PATH = '/auth/callback';

/** Enough for the models and for staying signed in; the connectors that the Codex CLI also asks for are not Relay's business. */
const SCOPE = 'openid profile email offline_access';

/** What only the sign-in that began knows. */
export interface CodeRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly verifier: string;
}

/** Where a person signs in (PROTOCOL 1.1). */
export async function authorizeUrl(issuer: Issuer, { redirectUri, state, verifier }: CodeRequest): Promise<string> {
  const url = new URL(issuer.server.authorization_endpoint ?? issuer.url);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: issuer.clientId,
    redirect_uri: redirectUri,
    scope: SCOPE,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    state,
    originator: 'relay',
  }).toString();
  return url.href;
}
