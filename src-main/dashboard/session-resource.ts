import { Router } from 'express';
import { type SessionView, sessionEnterSchema } from '../../src-shared/contract/session.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import { setSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';

export function sessionResource(sessions: Sessions, clock: Clock): Router {
  const router = Router();
  router
    .route('/')
    .post(...readJsonBody(4 * 1024), (request, response) => {
      const session = sessions.exchange(parseInput(sessionEnterSchema, request.body).token);
      if (session === null) {
        const message = 'This link has been used or is older than a minute. Run: relay open';
        throw new RelayError('invalid_api_key', { message });
      }
      setSessionCookie(request, response, session.value, session.expiresAt - clock.now());
      response.status(201).json({ expiresAt: session.expiresAt } satisfies SessionView);
    })
    .all(allowMethods('POST'));
  return router;
}
