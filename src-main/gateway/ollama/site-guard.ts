import type { RequestHandler } from 'express';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

/**
 * Where no key is asked for, a page in a browser must not come in even by a request that has no Origin, such as an image's.
 * Browsers say so themselves, and no page can take it back (Fetch Metadata).
 */
export const refuseForeignSites: RequestHandler = (request, _response, next) => {
  const { origin, 'sec-fetch-site': site } = request.headers;
  // An app made of web parts has an origin of its own scheme.
  if (origin !== undefined && !/^https?:|^null$/i.test(origin)) return next();
  if (site === 'cross-site' || site === 'same-site') throw new RelayError('forbidden_origin');
  next();
};
