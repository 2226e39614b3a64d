import { Router } from 'express';
import { type AffinitiesReleased, type AffinityList, affinityQuerySchema } from '../../src-shared/contract/affinity.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { allowMethods } from './allow-methods.ts';
import { parseInput } from './parse-input.ts';
import type { AccountsPort, AffinitiesPort } from './ports.ts';

/** The ties of conversations to accounts. To delete one is to let the conversation choose anew with its next call. */
export function affinitiesResource(affinities: AffinitiesPort, accounts: AccountsPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      const { ties, nextCursor } = affinities.list(parseInput(affinityQuerySchema, request.query));
      const labels = new Map((await accounts.views()).map(({ id, label }) => [id, label]));
      response.json({
        affinities: ties.map(([conversationId, { accountId, tiedAt, usedAt, cachedTokens, turns }]) => ({
          ...{ conversationId, accountId, accountLabel: labels.get(accountId) ?? null },
          ...{ tiedAt, usedAt, cachedTokens, turns },
        })),
        nextCursor,
      } satisfies AffinityList);
    })
    .delete((_request, response) => {
      response.json({ released: affinities.releaseAll() } satisfies AffinitiesReleased);
    })
    .all(allowMethods('GET', 'DELETE'));
  router
    .route('/:id')
    .delete((request, response) => {
      if (!affinities.release(request.params.id)) {
        throw new RelayError('not_found', { message: 'No conversation with this id is tied to an account.' });
      }
      response.status(204).end();
    })
    .all(allowMethods('DELETE'));
  return router;
}
