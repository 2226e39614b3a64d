import type { Request } from 'express';
import type { Actor } from '../../src-shared/contract/audit.ts';

/** Who asks, for the audit. A session is the dashboard's; the API token is a script's, unless Relay's own command line or tray says it is that. */
export function actorOf({ headers }: Pick<Request, 'headers'>): Actor {
  if (headers.authorization === undefined) return 'dashboard';
  const client = headers['x-relay-client'];
  return client === 'cli' || client === 'tray' ? client : 'api';
}
