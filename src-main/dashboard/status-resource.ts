import { Router } from 'express';
import { allowMethods } from './allow-methods.ts';
import type { DashboardPorts } from './ports.ts';

export function statusResource(status: DashboardPorts['status']): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await status());
    })
    .all(allowMethods('GET'));
  return router;
}
