import type { IncomingMessage } from 'node:http';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { CallerIdentity, Callers } from './ports.ts';

/** Who sends this request: a key as Bearer token only, never in the URL, a cookie or Basic (FAULTS 1.4). Throws `invalid_api_key`. */
export async function identifyCaller(request: IncomingMessage, callers: Callers): Promise<CallerIdentity> {
  const header = request.headers.authorization;
  if (header === undefined) {
    throw new RelayError('invalid_api_key', {
      message: 'Send a Relay key as "Authorization: Bearer sk-relay-...". Create one with: relay keys create',
    });
  }
  const match = /^Bearer +(\S+)$/i.exec(header);
  const identity = match === null ? null : await callers.identify(match[1]!);
  if (identity === null) throw new RelayError('invalid_api_key');
  return identity;
}

/** A page of another site may not use Relay, whatever key it has; desktop and editor clients have origins of their own schemes. */
export function checkOrigin(request: IncomingMessage): void {
  const { origin, host } = request.headers;
  if (origin === undefined) return;
  const web = /^https?:\/\//i.test(origin);
  if (origin === 'null' || (web && origin.toLowerCase() !== `http://${host}`.toLowerCase())) {
    throw new RelayError('forbidden_origin');
  }
}
