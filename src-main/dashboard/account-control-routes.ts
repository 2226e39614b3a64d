import { type Request, type RequestHandler, Router } from 'express';
import {
  accountMoveSchema,
  accountPatchSchema,
  accountPauseSchema,
  accountPinSchema,
  accountRestSchema,
} from '../../src-shared/contract/account.ts';
import { actorOf } from './actor.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { AccountControlPort, AccountsPort } from './ports.ts';

const readBody = readJsonBody(16 * 1024);

/** What a person decides about one account. Each path may be asked again without doing more. */
export function accountControlRoutes(as: AccountsPort['as']): Router {
  const router = Router();

  /** Does one thing as whoever asks, and answers what it gives. */
  type Work = (control: AccountControlPort, id: string, request: Request<{ id: string }>) => unknown;
  const handle =
    (work: Work): RequestHandler<{ id: string }> =>
    async (request, response) => {
      response.json(await work(as(actorOf(request)), request.params.id, request));
    };
  const post = (path: string, work: Work): void => {
    router.route(`/:id/${path}`).post(handle(work)).all(allowMethods('POST'));
  };
  const postBody = (path: string, work: Work): void => {
    router
      .route(`/:id/${path}`)
      .post(...readBody, handle(work))
      .all(allowMethods('POST'));
  };

  router
    .route('/:id')
    .patch(
      ...readBody,
      handle((control, id, request) => control.edit(id, parseInput(accountPatchSchema, request.body))),
    )
    .delete(async (request, response) => {
      await as(actorOf(request)).remove(request.params.id);
      response.status(204).end();
    })
    .all(allowMethods('PATCH', 'DELETE'));
  post('enable', (control, id) => control.setEnabled(id, true));
  post('disable', (control, id) => control.setEnabled(id, false));
  postBody('pause', (control, id, { body }) => control.pause(id, parseInput(accountPauseSchema, body)));
  post('resume', (control, id) => control.resume(id));
  postBody('pin', (control, id, { body }) => control.pin(id, parseInput(accountPinSchema, body).forMs));
  post('unpin', (control, id) => control.unpin(id));
  postBody('rest', (control, id, { body }) => {
    parseInput(accountRestSchema, body);
    return control.restUntilReset(id);
  });
  post('wake', (control, id) => control.wake(id));
  post('refresh-models', (control, id) => control.refreshModels(id));
  post('test', (control, id) => control.test(id));
  postBody('move', async (control, id, { body }) => ({
    accounts: await control.move(id, parseInput(accountMoveSchema, body)),
  }));
  return router;
}
