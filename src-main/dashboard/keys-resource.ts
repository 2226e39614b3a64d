import { Router } from 'express';
import { keyCreateSchema, keyPatchSchema, keyRevokeSchema, keyRotateSchema } from '../../src-shared/contract/key.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody, readOptionalJson } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { KeysPort } from './ports.ts';

export function keysResource(keys: KeysPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json({ keys: await keys.list() });
    })
    .post(...readJsonBody(64 * 1024), async (request, response) => {
      response.status(201).json(await keys.create(parseInput(keyCreateSchema, request.body)));
    })
    .all(allowMethods('GET', 'POST'));
  router
    .route('/:id')
    .patch(...readJsonBody(64 * 1024), async (request, response) => {
      response.json(await keys.change(request.params.id, parseInput(keyPatchSchema, request.body)));
    })
    .all(allowMethods('PATCH'));
  router
    .route('/:id/rotate')
    .post(...readOptionalJson(1024), async (request, response) => {
      const { graceMs } = parseInput(keyRotateSchema, request.body ?? {});
      response.json(await keys.rotate(request.params.id, graceMs));
    })
    .all(allowMethods('POST'));
  router
    .route('/:id/revoke')
    .post(...readOptionalJson(1024), async (request, response) => {
      const { cut } = parseInput(keyRevokeSchema, request.body ?? {});
      response.json(await keys.revoke(request.params.id, cut));
    })
    .all(allowMethods('POST'));
  return router;
}
