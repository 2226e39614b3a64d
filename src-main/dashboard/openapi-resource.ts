import { type Request, Router } from 'express';
import { openApiDocument } from '../../src-shared/contract/openapi.ts';
import { operations } from '../../src-shared/contract/operations/operations.ts';
import { relayVersion } from '../config/package-info.ts';
import { allowMethods } from './allow-methods.ts';

/** GET /api/openapi.json: made when it is first asked for. */
export function openApiResource(): Router {
  const router = Router();
  let made: Record<string, unknown> | null = null;
  const urlOf = (request: Request): string => `http://${request.headers.host}`;
  router
    .route('/')
    .get((request, response) => {
      made ??= openApiDocument(operations, { version: relayVersion, url: '' });
      response.json({ ...made, servers: [{ url: urlOf(request) }] });
    })
    .all(allowMethods('GET'));
  return router;
}
