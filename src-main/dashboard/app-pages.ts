import { type Request, type Response, Router } from 'express';
import { appPages as pages } from '../../src-shared/domain/app-pages.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { allowMethods } from './allow-methods.ts';
import { type BuiltFile, createBuiltApp } from './built-app.ts';

const notBuilt = `Relay is running, but its dashboard has not been built.

Run:  npm run build

and load this page again. The API works without it.
`;

export function appPages(rendererDir: string): Router {
  const app = createBuiltApp(rendererDir);
  const router = Router();
  router
    .route([...pages])
    .get((request, response) => {
      const page = app.index();
      if (page !== null) return send(request, response, page);
      response.status(503).type('text/plain').set('cache-control', 'no-store').send(notBuilt);
    })
    .all(allowMethods('GET', 'HEAD'));
  router.use((request, response) => {
    const file = request.method === 'GET' || request.method === 'HEAD' ? app.file(request.path) : null;
    if (file === null) throw new RelayError('not_found');
    send(request, response, file);
  });
  return router;
}

function send(request: Request, response: Response, file: BuiltFile): void {
  response.setHeader('cache-control', file.cacheControl);
  response.setHeader('etag', file.etag);
  if (request.headers['if-none-match'] === file.etag) {
    response.status(304).end();
    return;
  }
  response.setHeader('content-type', file.type);
  response.setHeader('content-length', file.bytes.length);
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}
