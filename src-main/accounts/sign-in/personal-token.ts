import { z } from 'zod';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { parseObject } from '../../protocol/json-object.ts';
import type { Issuer } from '../issuer.ts';
import { IssuerRefusal } from '../issuer-refusal.ts';
import type { Login } from '../login.ts';

const name = z.string().min(1).max(320);
const whoAmISchema = z.object({
  email: name.nullish(),
  chatgpt_user_id: name.nullish(),
  chatgpt_account_id: name,
  chatgpt_plan_type: name.nullish(),
});

/**
 * Whose personal access token this is, by the sign-in service's own word. Rejects with `invalid_value` where the token is
 * refused, else with what kept Relay from asking.
 */
export async function readPersonalToken(issuer: Issuer, token: string): Promise<Login> {
  const url = `${issuer.url}/api/accounts/v1/user-auth-credential/whoami`;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const response = await issuer.send(url, { method: 'GET', headers }).catch((error: unknown) => {
    if (!(error instanceof IssuerRefusal)) throw error;
    if (error.status === 401 || error.status === 403) {
      throw new RelayError('invalid_value', { message: refused(issuer.host), param: 'apiKey', cause: error });
    }
    throw new RelayError('upstream_error', { message: error.message, cause: error });
  });
  const who = whoAmISchema.safeParse(parseObject(await response.text())).data;
  if (who === undefined) {
    throw new RelayError('upstream_invalid_response', { message: `${issuer.host} did not say whose token this is.` });
  }
  return {
    kind: 'chatgpt',
    secret: { type: 'personal-token', token },
    accountId: who.chatgpt_account_id,
    userId: who.chatgpt_user_id ?? null,
    email: who.email ?? null,
    plan: who.chatgpt_plan_type ?? null,
  };
}

const refused = (host: string): string =>
  `${host} does not accept this personal access token. Make a new one and try again. Nothing was kept.`;
