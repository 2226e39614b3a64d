import express, { type RequestHandler, Router } from 'express';
import type { SessionLink } from '../../src-shared/contract/session.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createAccess } from './access.ts';
import { accountsResource } from './accounts-resource.ts';
import { affinitiesResource } from './affinities-resource.ts';
import { allowMethods } from './allow-methods.ts';
import { appPages } from './app-pages.ts';
import { auditResource } from './audit-resource.ts';
import { bodiesResource, callBodiesResource } from './bodies-resource.ts';
import { budgetsResource } from './budgets-resource.ts';
import { callsResource } from './calls-resource.ts';
import { answerErrors } from './error-answer.ts';
import { createEventHub } from './event-hub.ts';
import { eventsResource } from './events-resource.ts';
import { keysResource } from './keys-resource.ts';
import { refuseForeignOrigins } from './origin-guard.ts';
import { setPageHeaders } from './page-headers.ts';
import type { DashboardPorts } from './ports.ts';
import { rehearsalResource } from './rehearsal-resource.ts';
import { relayResource } from './relay-resource.ts';
import { routingResource } from './routing-resource.ts';
import { secretsResource } from './secrets-resource.ts';
import { sessionResource } from './session-resource.ts';
import { createSessions } from './sessions.ts';
import { settingsResource } from './settings-resource.ts';
import { signInsResource } from './sign-ins-resource.ts';
import { statusPages } from './status-pages.ts';
import { usageResource } from './usage-resource.ts';

export interface Dashboard {
  /** Mounted at the root, behind the Host allow-list and after the gateway: it answers whatever comes to it. */
  readonly router: RequestHandler;
  /** For `relay open` and the app's window: they load `<url>/#/enter/<token>`, and a hash reaches no server and no log. */
  mintOneTimeToken(): string;
  /** Stops the live events. Open connections are the server's to close. */
  close(): void;
}

export function createDashboard(ports: DashboardPorts): Dashboard {
  if (ports.apiToken.length < 16) throw new RangeError('The API token must have at least 16 characters.');
  const sessions = createSessions(ports);
  const hub = createEventHub(ports);

  const api = Router();
  api.use(noStore, refuseForeignOrigins);
  api.use('/session', sessionResource(sessions, ports.clock));
  api.use(createAccess(ports, sessions));
  // Before the accounts themselves, whose ids are anything.
  api.use('/accounts', signInsResource(ports.signIns, ports.accounts));
  api.use('/accounts', accountsResource(ports.accounts));
  api.use('/audit', auditResource(ports.accounts.audit));
  api.use('/keys', keysResource(ports.keys));
  api.use('/budgets', budgetsResource(ports.budgets));
  api.use('/calls', callsResource(ports.ledger), callBodiesResource(ports.ledger));
  api.use('/bodies', bodiesResource(ports.ledger));
  api.use('/routing/affinities', affinitiesResource(ports.affinities, ports.accounts));
  api.use('/routing', routingResource(ports.routing));
  api.use('/rehearsal', rehearsalResource(ports.rehearsal));
  api.use('/usage', usageResource(ports.usage));
  api.use('/settings', settingsResource(ports.settings));
  api.use('/secrets', secretsResource(ports.secrets));
  api.use('/relay', relayResource(ports.pause));
  api.use('/events', eventsResource(hub));
  api
    .route('/session/link')
    .post((_request, response) => {
      response.status(201).json({ token: sessions.mintOneTimeToken() } satisfies SessionLink);
    })
    .all(allowMethods('POST'));
  api
    .route('/status')
    .get(async (_request, response) => {
      response.json(await ports.status());
    })
    .all(allowMethods('GET'));
  api.use(() => {
    throw new RelayError('not_found', { message: 'There is no such resource under /api.' });
  });

  const router = express();
  router.disable('x-powered-by');
  router.use(setPageHeaders, requestId(ports.randomBytes));
  router.use('/api', api);
  router.use(statusPages(ports.statusPages));
  router.use(appPages(ports.rendererDir));
  router.use(answerErrors(ports.log));
  return { router, mintOneTimeToken: sessions.mintOneTimeToken, close: hub.close };
}

const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  next();
};

/** Every answer carries an id (FAULTS 2.0); one that was given before is kept. */
function requestId(randomBytes: DashboardPorts['randomBytes']): RequestHandler {
  return (_request, response, next) => {
    if (!response.hasHeader('x-request-id'))
      response.setHeader('x-request-id', `req_${randomBytes(12).toString('hex')}`);
    next();
  };
}
