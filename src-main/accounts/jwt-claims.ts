import { decodeJwt } from 'jose';
import { asObject, asText, type JsonObject } from '../protocol/json-object.ts';

/** What a token of the sign-in service says about its login. */
export interface LoginClaims {
  readonly accountId: string | null;
  readonly userId: string | null;
  readonly email: string | null;
  readonly plan: string | null;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number | null;
  readonly expiresAt: number | null;
}

const AUTH = 'https://api.openai.com/auth';
const PROFILE = 'https://api.openai.com/profile';

/**
 * Reads a JWT's claims without a look at its signature, as the Codex CLI does (PROTOCOL 1.5): they name a login, and
 * prove nothing. `null` where the text is not a JWT.
 */
export function readLoginClaims(token: string): LoginClaims | null {
  const claims = decoded(token);
  if (claims === null) return null;
  const auth = asObject(claims[AUTH]);
  return {
    accountId: text(auth, 'chatgpt_account_id'),
    userId: text(auth, 'chatgpt_user_id') ?? text(auth, 'user_id'),
    email: text(claims, 'email') ?? text(asObject(claims[PROFILE]), 'email'),
    plan: text(auth, 'chatgpt_plan_type'),
    issuedAt: moment(claims['iat']),
    expiresAt: moment(claims['exp']),
  };
}

/** Seconds, as JWTs give them. */
const moment = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 1_000) : null;

function decoded(token: string): JsonObject | null {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}

function text(object: JsonObject | null, name: string): string | null {
  const value = asText(object?.[name])?.trim() ?? '';
  return value === '' || value.length > 320 ? null : value;
}
