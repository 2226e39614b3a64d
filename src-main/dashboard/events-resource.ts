import { Router } from 'express';
import { allowMethods } from './allow-methods.ts';
import type { EventHub } from './event-hub.ts';

/** A reader that is this far behind is cut off; it resumes from the last event it saw. */
const maxUnreadBytes = 8 * 1024 * 1024;

export function eventsResource(hub: EventHub): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.setHeader('x-accel-buffering', 'no');
      if (request.method === 'HEAD') return response.end();
      const header = request.headers['last-event-id'];
      const lastEventId = typeof header === 'string' && header !== '' ? header : null;
      const disconnect = await hub.connect(lastEventId, (text) => {
        response.write(text);
        if (response.writableLength > maxUnreadBytes) response.destroy();
      });
      response.once('close', disconnect);
      if (response.destroyed) disconnect();
    })
    .all(allowMethods('GET'));
  return router;
}
