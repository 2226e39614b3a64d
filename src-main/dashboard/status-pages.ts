import { Router } from 'express';
import type { PublicStatus, Readiness } from '../../src-shared/contract/public-status.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { allowMethods } from './allow-methods.ts';
import { statusCss, statusHtml } from './status-html.ts';

export interface StatusPagesPort {
  view(): PublicStatus;
  readiness(): Readiness;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** What anyone on this machine may see without a key or a session: no secret, no label, no mail address is in it. */
export function statusPages(port: StatusPagesPort): Router {
  const router = Router();
  const paths = ['/status', '/status.json', '/status.css', '/health/live', '/health/ready', '/metrics'];
  router.route(paths).all((request, response, next) => {
    if (!isLoopback(request.socket.remoteAddress))
      throw new RelayError('permission_denied', { message: notFromOutside });
    response.setHeader('cache-control', 'no-store');
    next();
  });
  router.get('/status', (_request, response) => void response.type('html').send(statusHtml(port.view())));
  router.get('/status.css', (_request, response) => void response.type('css').send(statusCss));
  router.get('/status.json', (_request, response) => void response.json(port.view()));
  router.get('/health/live', (_request, response) => void response.json({ live: true }));
  router.get('/health/ready', (_request, response) => {
    const readiness = port.readiness();
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  router.get('/metrics', async (_request, response) => {
    response.setHeader('content-type', port.metrics.contentType);
    response.end(await port.metrics.text());
  });
  router.route(paths).all(allowMethods('GET', 'HEAD'));
  return router;
}

const notFromOutside = 'The status pages are for this machine only.';

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
