import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { askedProject } from './asked-project.ts';
import type { CallerIdentity, Callers } from './ports.ts';

/**
 * Who sends this request: a key as Bearer token or in `x-api-key`, never in the URL, a cookie or Basic (FAULTS 1.4), and for
 * which project. Throws `invalid_api_key`, `rate_limit_exceeded` for one wrong key too many, and `permission_denied` for a project that is not the key's own.
 */
export async function identifyCaller(request: IncomingMessage, callers: Callers): Promise<CallerIdentity> {
  const identity = await holderOf(givenSecret(request.headers), callers);
  const project = askedProject(request);
  if (project === null || project === identity.project) return identity;
  if (identity.project === null) return { ...identity, project };
  throw new RelayError('permission_denied', {
    message: `This key belongs to the project ${identity.project}, so its calls cannot count for another one.`,
  });
}

/** Stands for what is no secret at all, so that it goes the same way as a wrong one (FAULTS A-12). */
const MALFORMED = 'sk-relay-';

async function holderOf(secret: string | null | undefined, callers: Callers): Promise<CallerIdentity> {
  if (secret === undefined && callers.keyless !== undefined) return callers.keyless();
  if (secret === undefined) {
    throw new RelayError('invalid_api_key', {
      message: 'Send a Relay key as "Authorization: Bearer sk-relay-...". Create one with: relay keys create --name me',
    });
  }
  const identity = await callers.identify(secret ?? MALFORMED);
  if (identity === null) throw new RelayError('invalid_api_key');
  return identity;
}

/** The secret that a request has; `null` where it is not one, `undefined` where it has none. */
export function givenSecret(headers: IncomingHttpHeaders): string | null | undefined {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (authorization !== undefined) return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? null;
  return typeof apiKey === 'string' ? apiKey.trim() : undefined;
}
