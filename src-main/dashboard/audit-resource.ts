import { Router } from 'express';
import { type AuditList, auditQuerySchema } from '../../src-shared/contract/audit.ts';
import { allowMethods } from './allow-methods.ts';
import { parseInput } from './parse-input.ts';
import type { AuditPort } from './ports.ts';

export function auditResource(audit: AuditPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      response.json(await auditPage(audit, request.query));
    })
    .all(allowMethods('GET'));
  return router;
}

/** A page of the audit as the query says; of one account alone where one is given, deleted or not. */
export async function auditPage(audit: AuditPort, query: unknown, accountId?: string): Promise<AuditList> {
  const { limit, cursor } = parseInput(auditQuerySchema, query);
  return audit.list({
    limit,
    ...(cursor === undefined ? {} : { cursor }),
    ...(accountId === undefined ? {} : { accountId }),
  });
}
