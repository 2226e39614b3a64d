import { type Request, type RequestHandler, Router } from 'express';
import {
  type AccountView,
  accountMoveSchema,
  accountPatchSchema,
  accountPauseSchema,
  accountPinSchema,
  accountRestSchema,
} from '../../src-shared/contract/account.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { actorOf } from './actor.ts';
import { allowMethods } from './allow-methods.ts';
import { createEntityTags } from './entity-tag.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { AccountControlPort, AccountsPort } from './ports.ts';

const tags = createEntityTags<AccountView>(
  ({ label, color, policy, position, maxConcurrency, enabled, pause, pinnedUntil }) => ({
    ...{ label, color, policy, position, maxConcurrency, enabled, pause, pinnedUntil },
  }),
);

const readBody = readJsonBody(16 * 1024);

/** What a person decides about one account. Each path may be asked again without doing more. */
export function accountControlRoutes(accounts: Pick<AccountsPort, 'as' | 'views'>): Router {
  const { as } = accounts;
  const router = Router();
  const known = async (id: string): Promise<AccountView | undefined> =>
    (await accounts.views()).find((account) => account.id === id);

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
    .get(async (request, response) => {
      const account = await known(request.params.id);
      if (account === undefined) throw new RelayError('not_found', { message: 'There is no account with this id.' });
      tags.answer(response, account);
    })
    .patch(...readBody, async (request, response) => {
      const { id } = request.params;
      tags.check(request, await known(id));
      tags.answer(response, await as(actorOf(request)).edit(id, parseInput(accountPatchSchema, request.body)));
    })
    .delete(async (request, response) => {
      tags.check(request, await known(request.params.id));
      await as(actorOf(request)).remove(request.params.id);
      response.status(204).end();
    })
    .all(allowMethods('GET', 'PATCH', 'DELETE'));
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
