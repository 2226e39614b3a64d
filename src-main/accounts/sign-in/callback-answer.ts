import * as oauth from 'oauth4webapi';
import type { Issuer } from '../issuer.ts';

/** What came back from the sign-in page: a code, a refusal in words, or nothing that belongs to this sign-in. */
export type CallbackAnswer =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'foreign' };

/** The state of a callback, without what the service may append to it (PROTOCOL 1.1). `null` where there is not exactly one. */
export function callbackState(parameters: URLSearchParams): string | null {
  const [state, ...more] = parameters.getAll('state');
  if (state === undefined || more.length > 0) return null;
  return state.split('.onboarding_entrypoint=', 1)[0] ?? null;
}

/** Nothing of the query is repeated in the sentence. */
export function readCallback(issuer: Issuer, parameters: URLSearchParams, state: string): CallbackAnswer {
  const plain = new URLSearchParams(parameters);
  plain.set('state', callbackState(parameters) ?? '');
  try {
    const [code = '', ...more] = oauth
      .validateAuthResponse(issuer.server, issuer.client(), plain, state)
      .getAll('code');
    return code === '' || more.length > 0 ? { kind: 'foreign' } : { kind: 'code', code };
  } catch (error) {
    if (!(error instanceof oauth.AuthorizationResponseError)) return { kind: 'foreign' };
    return { kind: 'refused', sentence: refusalOf(error) };
  }
}

function refusalOf({ error, error_description }: oauth.AuthorizationResponseError): string {
  if (error !== 'access_denied') return 'The sign-in service refused the sign-in. Start it again.';
  if (error_description?.includes('missing_codex_entitlement')) {
    return 'This workspace does not include Codex. Choose another workspace, or ask its administrator for access.';
  }
  return 'The sign-in was declined in the browser. Start it again if that was a mistake.';
}
