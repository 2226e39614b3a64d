import express, { type RequestHandler, Router } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createAccess } from './access.ts';
import { accountsResource } from './accounts-resource.ts';
import { affinitiesResource } from './affinities-resource.ts';
import { appPages } from './app-pages.ts';
import { auditResource } from './audit-resource.ts';
import { bodiesResource, callBodiesResource } from './bodies-resource.ts';
import { budgetsResource } from './budgets-resource.ts';
import { callListExport } from './call-list-export.ts';
import { callsResource } from './calls-resource.ts';
import { clientsResource } from './clients-resource.ts';
import { doctorResource } from './doctor-resource.ts';
import { tagAnswers } from './entity-tag.ts';
import { answerErrors } from './error-answer.ts';
import { errorsResource } from './errors-resource.ts';
import { createEventHub } from './event-hub.ts';
import { eventsResource } from './events-resource.ts';
import { createIdempotency } from './idempotency.ts';
import { keysResource } from './keys-resource.ts';
import { ollamaResource } from './ollama-resource.ts';
import { openApiResource } from './openapi-resource.ts';
import { refuseForeignOrigins } from './origin-guard.ts';
import { setPageHeaders } from './page-headers.ts';
import { backupResource, callExportResource, exportResource, importResource } from './portable-resource.ts';
import type { DashboardPorts } from './ports.ts';
import { rehearsalResource } from './rehearsal-resource.ts';
import { relayResource } from './relay-resource.ts';
import { routingResource } from './routing-resource.ts';
import { secretsResource } from './secrets-resource.ts';
import { sessionLinkResource } from './session-link-resource.ts';
import { sessionResource } from './session-resource.ts';
import { createSessions } from './sessions.ts';
import { settingsResource } from './settings-resource.ts';
import { signInsResource } from './sign-ins-resource.ts';
import { statusPages } from './status-pages.ts';
import { statusResource } from './status-resource.ts';
import { tunnelResource } from './tunnel-resource.ts';
import { usageResource } from './usage-resource.ts';

/** Routers under one path of /api, in the order in which they are asked. */
type Mount = readonly [path: string, ...handlers: readonly RequestHandler[]];

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

  const once = createIdempotency(ports.clock);
  const entrance: Mount = ['/session', sessionResource(sessions, ports.clock)];
  const guarded: readonly Mount[] = [
    ['/session', sessionLinkResource(sessions)],
    // Before the accounts themselves, whose ids are anything.
    ['/accounts', signInsResource(ports.signIns, ports.accounts, once)],
    ['/accounts', accountsResource(ports.accounts, once)],
    ['/audit', auditResource(ports.accounts.audit)],
    ['/keys', keysResource(ports.keys, once)],
    ['/budgets', budgetsResource(ports.budgets, once)],
    [
      '/calls',
      callListExport(ports.ledger),
      callsResource(ports.ledger),
      callBodiesResource(ports.ledger),
      callExportResource(ports.portability),
    ],
    ['/clients', clientsResource(ports.clients)],
    ['/ollama', ollamaResource(ports.ollama)],
    ['/tunnel', tunnelResource(ports.tunnel, once)],
    ['/doctor', doctorResource(ports.doctor)],
    ['/export', exportResource(ports.portability)],
    ['/import', importResource(ports.portability)],
    ['/backup', backupResource(ports.portability)],
    ['/bodies', bodiesResource(ports.ledger)],
    ['/routing/affinities', affinitiesResource(ports.affinities, ports.accounts)],
    ['/routing', routingResource(ports.routing)],
    ['/rehearsal', rehearsalResource(ports.rehearsal)],
    ['/errors', errorsResource(ports.ledger)],
    ['/usage', usageResource(ports.usage)],
    ['/settings', settingsResource(ports.settings)],
    ['/secrets', secretsResource(ports.secrets)],
    ['/relay', relayResource(ports.pause)],
    ['/status', statusResource(ports.status)],
    ['/events', eventsResource(hub, sessions, ports.clock)],
    ['/openapi.json', openApiResource()],
  ];
  const api = Router();
  const mount = ([path, ...handlers]: Mount): void => void api.use(path, ...handlers);
  api.use(noStore, refuseForeignOrigins);
  mount(entrance);
  api.use(createAccess(ports, sessions), tagAnswers);
  guarded.forEach(mount);
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
