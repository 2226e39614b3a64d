import { z } from 'zod';
import type { Clock } from '../../../src-shared/domain/clock.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { parseObject } from '../../protocol/json-object.ts';
import type { Issuer } from '../issuer.ts';
import { IssuerRefusal } from '../issuer-refusal.ts';
import type { CodeGrant } from './code-exchange.ts';

/** PROTOCOL 1.2. */
const startSchema = z
  .object({
    device_auth_id: z.string().min(1),
    user_code: z.string().min(1).max(64).optional(),
    usercode: z.string().min(1).max(64).optional(),
    interval: z.union([z.string(), z.number()]).optional(),
    expires_at: z.string().optional(),
  })
  .transform(({ user_code, usercode, ...rest }) => ({ ...rest, userCode: user_code ?? usercode ?? '' }))
  .refine(({ userCode }) => userCode !== '');
const grantSchema = z.object({ authorization_code: z.string().min(1), code_verifier: z.string().min(1) });

/** A device sign-in that has begun: what the person types in where, and what Relay asks with. */
export interface DeviceCode {
  readonly deviceAuthId: string;
  readonly userCode: string;
  readonly url: string;
  readonly intervalMs: number;
  readonly expiresAt: number;
}

/** The Codex CLI gives up after as long (PROTOCOL 1.2). */
export const DEVICE_PATIENCE_MS = 15 * 60_000;

/** Rejects with a RelayError; where the service has no device sign-in it says so. */
export async function startDeviceCode(issuer: Issuer, clock: Clock): Promise<DeviceCode> {
  const answer = await post(issuer, 'usercode', { client_id: issuer.clientId }).catch((error: unknown) => {
    if (!(error instanceof IssuerRefusal)) throw error;
    const message = error.status === 404 ? notEnabled : `${error.message} Try again, or sign in with a browser.`;
    throw new RelayError('upstream_error', { message, cause: error });
  });
  const start = startSchema.safeParse(answer).data;
  if (start === undefined) {
    throw new RelayError('upstream_invalid_response', { message: `${issuer.host} gave no device code. Try again.` });
  }
  const latest = clock.now() + DEVICE_PATIENCE_MS;
  const end = Date.parse(start.expires_at ?? '');
  return {
    deviceAuthId: start.device_auth_id,
    userCode: start.userCode,
    url: `${issuer.url}/codex/device`,
    intervalMs: Math.min(60, Math.max(1, Number(start.interval ?? 5) || 5)) * 1_000,
    expiresAt: end > clock.now() && end < latest ? end : latest,
  };
}

/** `null` while the person has not finished. Rejects with IssuerRefusal or RelayError as `issuer.send` does. */
export async function pollDeviceCode(issuer: Issuer, code: DeviceCode): Promise<CodeGrant | null> {
  try {
    const answer = await post(issuer, 'token', { device_auth_id: code.deviceAuthId, user_code: code.userCode });
    const grant = grantSchema.safeParse(answer).data;
    if (grant === undefined) throw new RelayError('upstream_invalid_response');
    return {
      code: grant.authorization_code,
      verifier: grant.code_verifier,
      redirectUri: `${issuer.url}/deviceauth/callback`,
    };
  } catch (error) {
    if (error instanceof IssuerRefusal && (error.status === 403 || error.status === 404)) return null;
    throw error;
  }
}

async function post(issuer: Issuer, path: 'usercode' | 'token', body: object): Promise<unknown> {
  const response = await issuer.send(`${issuer.url}/api/accounts/deviceauth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  return parseObject(await response.text());
}

const notEnabled =
  'The sign-in service does not offer device codes for this workspace. Sign in with a browser instead, or switch on ' +
  'device code sign-in in the security settings of ChatGPT.';
