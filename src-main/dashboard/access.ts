import type { RequestHandler } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createWrongKeys } from '../keys/wrong-keys.ts';
import { provesOwnOrigin } from './origin-guard.ts';
import type { DashboardPorts } from './ports.ts';
import { sameSecret } from './secret-compare.ts';
import { readSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';

/** Opens /api to the API token (scripts) and to a session (the dashboard). Relay keys open /v1 only. */
export function createAccess(ports: Pick<DashboardPorts, 'apiToken' | 'clock' | 'log'>, sessions: Sessions) {
  const wrong = createWrongKeys(ports, 'requests to /api without a valid token or session');

  function refuse(message: string): never {
    wrong.count();
    throw new RelayError('invalid_api_key', { message });
  }

  const requireAccess: RequestHandler = (request, _response, next) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      if (token !== undefined && sameSecret(token, ports.apiToken)) return next();
      refuse(
        'This is not the API token. Use the apiToken that `relay serve --json` prints; Relay keys do not open /api.',
      );
    }
    const cookie = readSessionCookie(request);
    if (cookie === null || sessions.endOf(cookie) === null) refuse('You are not signed in here. Run: relay open');
    const changesState = request.method !== 'GET' && request.method !== 'HEAD';
    if (changesState && !provesOwnOrigin(request.headers, request.headers['sec-fetch-site'])) {
      throw new RelayError('forbidden_origin');
    }
    next();
  };
  return requireAccess;
}
