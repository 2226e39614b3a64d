import type { Request } from 'express';
import type { Actor } from '../../src-shared/contract/audit.ts';

/** Who asks, for the audit. A session is the dashboard's; the API token is a script's, unless Relay's own command line says it is that. */
export function actorOf({ headers }: Pick<Request, 'headers'>): Actor {
  if (headers.authorization === undefined) return 'dashboard';
  return headers['x-relay-client'] === 'cli' ? 'cli' : 'api';
}
