import { type RequestHandler, Router } from 'express';
import {
  type KeyView,
  keyCreateSchema,
  keyPatchSchema,
  keyRevokeSchema,
  keyRotateSchema,
} from '../../src-shared/contract/key.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { allowMethods } from './allow-methods.ts';
import { createEntityTags } from './entity-tag.ts';
import { readJsonBody, readOptionalJson } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { KeyDeskPort } from './ports.ts';

const tags = createEntityTags<KeyView>(({ lastUsedAt: _, lastClient: __, ...set }) => set);

/** `once` answers a repeated POST without doing it again. */
export function keysResource(keys: KeyDeskPort, once: RequestHandler): Router {
  const router = Router();
  const known = async (id: string): Promise<KeyView | undefined> => (await keys.list()).find((key) => key.id === id);
  router
    .route('/')
    .get(async (_request, response) => {
      response.json({ keys: await keys.list() });
    })
    .post(...readJsonBody(64 * 1024), once, async (request, response) => {
      response.status(201).json(await keys.create(parseInput(keyCreateSchema, request.body)));
    })
    .all(allowMethods('GET', 'POST'));
  router
    .route('/use')
    .get(async (_request, response) => {
      response.json({ use: await keys.use() });
    })
    .all(allowMethods('GET'));
  router
    .route('/:id')
    .get(async (request, response) => {
      const key = await known(request.params.id);
      if (key === undefined) throw new RelayError('not_found', { message: 'There is no key with this id.' });
      tags.answer(response, key);
    })
    .patch(...readJsonBody(64 * 1024), async (request, response) => {
      tags.check(request, await known(request.params.id));
      tags.answer(response, await keys.change(request.params.id, parseInput(keyPatchSchema, request.body)));
    })
    .all(allowMethods('GET', 'PATCH'));
  router
    .route('/:id/rotate')
    .post(...readOptionalJson(1024), once, async (request, response) => {
      const { graceMs } = parseInput(keyRotateSchema, request.body ?? {});
      response.json(await keys.rotate(request.params.id, graceMs));
    })
    .all(allowMethods('POST'));
  router
    .route('/:id/revoke')
    .post(...readOptionalJson(1024), async (request, response) => {
      const { cut } = parseInput(keyRevokeSchema, request.body ?? {});
      tags.check(request, await known(request.params.id));
      tags.answer(response, await keys.revoke(request.params.id, cut));
    })
    .all(allowMethods('POST'));
  return router;
}
