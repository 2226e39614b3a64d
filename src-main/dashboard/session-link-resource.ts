import { Router } from 'express';
import type { SessionLink } from '../../src-shared/contract/session.ts';
import { allowMethods } from './allow-methods.ts';
import type { Sessions } from './sessions.ts';

/** POST /api/session/link: whoever is in already may let a browser in. */
export function sessionLinkResource(sessions: Sessions): Router {
  const router = Router();
  router
    .route('/link')
    .post((_request, response) => {
      response.status(201).json({ token: sessions.mintOneTimeToken() } satisfies SessionLink);
    })
    .all(allowMethods('POST'));
  return router;
}
