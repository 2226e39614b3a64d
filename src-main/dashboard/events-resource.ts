import { Router } from 'express';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { allowMethods } from './allow-methods.ts';
import type { EventHub } from './event-hub.ts';
import { readSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';

/** A reader that is this far behind is cut off; it resumes from the last event it saw. */
const maxUnreadBytes = 8 * 1024 * 1024;

/** Live events, to the API token for as long as it listens, to a session until that ends. */
export function eventsResource(hub: EventHub, sessions: Sessions, clock: Pick<Clock, 'now'>): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.setHeader('x-accel-buffering', 'no');
      if (request.method === 'HEAD') return response.end();
      const header = request.headers['last-event-id'];
      const lastEventId = typeof header === 'string' && header !== '' ? header : null;
      const byToken = request.headers.authorization !== undefined;
      const endsAt = byToken ? Number.POSITIVE_INFINITY : (sessions.endOf(readSessionCookie(request) ?? '') ?? 0);
      const disconnect = await hub.connect(lastEventId, (text) => {
        // There is something to be written every few seconds.
        if (clock.now() >= endsAt) return void response.end();
        response.write(text);
        if (response.writableLength > maxUnreadBytes) response.destroy();
      });
      response.once('close', disconnect);
      if (response.destroyed) disconnect();
    })
    .all(allowMethods('GET'));
  return router;
}
