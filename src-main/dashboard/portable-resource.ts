import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Router } from 'express';
import { callExportQuerySchema } from '../../src-shared/contract/call-export.ts';
import { importQuerySchema } from '../../src-shared/contract/portable.ts';
import { actorOf } from './actor.ts';
import { allowMethods } from './allow-methods.ts';
import { harOf } from './call-har.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { PortabilityPort } from './ports.ts';

const IMPORT_BYTES = 16 * 1024 * 1024;

/** GET /api/export: everything that is set up, but for secrets. */
export function exportResource(portability: PortabilityPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.attachment('relay-settings.json').json(await portability.exportSettings());
    })
    .all(allowMethods('GET'));
  return router;
}

/** POST /api/import: what an export holds, all of it or nothing. */
export function importResource(portability: PortabilityPort): Router {
  const router = Router();
  router
    .route('/')
    .post(...readJsonBody(IMPORT_BYTES), async (request, response) => {
      const { dryRun } = parseInput(importQuerySchema, request.query);
      response.json(await portability.importSettings(request.body, { dryRun: dryRun === '1', by: actorOf(request) }));
    })
    .all(allowMethods('POST'));
  return router;
}

/** GET /api/calls/{id}/export: one call for a bug report. */
export function callExportResource(portability: PortabilityPort): Router {
  const router = Router();
  router
    .route('/:id/export')
    .get(async (request, response) => {
      const { format, bodies } = parseInput(callExportQuerySchema, request.query);
      const call = await portability.exportCall(request.params.id, bodies === '1');
      response.attachment(`relay-call.${format}`).json(format === 'har' ? harOf(call) : call);
    })
    .all(allowMethods('GET'));
  return router;
}

/** GET /api/backup: made whole and checked before its first byte is sent, and gone here once it is. */
export function backupResource(portability: PortabilityPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      const path = join(portability.folder, `backup-${randomUUID()}.db`);
      try {
        const { calls } = await portability.backUp(path);
        response.setHeader('x-relay-calls', String(calls));
        response.attachment('relay.db').type('application/vnd.sqlite3');
        await new Promise<void>((resolve) => {
          response.sendFile(path, { dotfiles: 'allow', cacheControl: false, etag: false }, () => resolve());
        });
      } finally {
        await rm(path, { force: true });
      }
    })
    .all(allowMethods('GET'));
  return router;
}
