import { Router } from 'express';
import { allowMethods } from './allow-methods.ts';
import type { OllamaPort } from './ports.ts';

export function ollamaResource(ollama: OllamaPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await ollama.view());
    })
    .all(allowMethods('GET'));
  return router;
}
