import { Router } from 'express';
import { allowMethods } from './allow-methods.ts';
import type { DoctorPort } from './ports.ts';

export function doctorResource(doctor: DoctorPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await doctor.examine());
    })
    .all(allowMethods('GET'));
  return router;
}
