import type { RequestHandler } from 'express';
import { isOwnOrigin } from '../../src-shared/domain/own-origin.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** Refuses what a page of another origin, or of none, sends to /api: reads too, since nothing needs them (FAULTS 1.4). */
export const refuseForeignOrigins: RequestHandler = (request, _response, next) => {
  const { origin, host } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, host)) throw new RelayError('forbidden_origin');
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new RelayError('forbidden_origin');
  next();
};

/** A browser always says where a state change comes from; one that does not say so is not our page. */
export function provesOwnOrigin(headers: { origin?: string | undefined; host?: string | undefined }, site: unknown) {
  return isOwnOrigin(headers.origin ?? '', headers.host) || site === 'same-origin';
}
