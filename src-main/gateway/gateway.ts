import type { IncomingMessage, ServerResponse } from 'node:http';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { decodedPart } from '../../src-shared/format/decoded-part.ts';
import { withoutProject } from './asked-project.ts';
import { createCancelEndpoint, createInputItemsEndpoint, createResponseEndpoint } from './kept-response-endpoints.ts';
import { createModelCallEndpoint } from './model-call-endpoint.ts';
import { createModelEndpoint, createModelsEndpoint } from './models-endpoint.ts';
import { isPassthroughPath, notServed } from './not-served.ts';
import { createPassthroughEndpoint } from './passthrough-endpoint.ts';
import { createAccountsCheckEndpoint, createUsageEndpoint } from './pool-endpoints.ts';
import type { GatewayPorts } from './ports.ts';
import { gatewayPath } from './route-path.ts';

type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Gateway {
  /** The endpoint for a request, or `null` for what is not the gateway's. Throws `not_found` and `method_not_allowed`. */
  route(method: string, path: string): Endpoint | null;
}

/** The OpenAI surface and the part of the ChatGPT backend that Codex asks for by itself. */
export function createGateway(ports: GatewayPorts): Gateway {
  const calls: Readonly<Record<string, Endpoint>> = {
    '/v1/responses': createModelCallEndpoint(ports, 'responses'),
    '/v1/chat/completions': createModelCallEndpoint(ports, 'chat'),
    '/v1/responses/compact': createModelCallEndpoint(ports, 'compact'),
  };
  const models = createModelsEndpoint(ports);
  const usage = createUsageEndpoint(ports);
  const accountsCheck = createAccountsCheckEndpoint(ports);

  return {
    route(method, path) {
      const bare = withoutProject(path);
      const served = gatewayPath(bare);
      if (served === null) return backend(method, bare);
      const call = Object.hasOwn(calls, served) ? calls[served] : undefined;
      if (call !== undefined) return allow(method, ['POST'], served, call);
      const kept = /^\/v1\/responses\/([^/]+)(\/input_items|\/cancel)?$/.exec(served);
      if (kept !== null) return keptResponse(method, served, decodedPart(kept[1]!), kept[2]);
      if (served === '/v1/models') return allow(method, ['GET', 'HEAD'], served, models);
      if (served.startsWith('/v1/models/')) {
        const id = decodedPart(served.slice('/v1/models/'.length));
        return allow(method, ['GET', 'HEAD'], served, createModelEndpoint(ports, id));
      }
      if (isPassthroughPath(served)) return createPassthroughEndpoint(ports, served);
      throw notServed(served);
    },
  };

  function keptResponse(method: string, path: string, id: string, part: string | undefined): Endpoint {
    if (part === '/cancel') return allow(method, ['POST'], path, createCancelEndpoint(ports));
    if (part === '/input_items') return allow(method, ['GET', 'HEAD'], path, createInputItemsEndpoint(ports, id));
    return allow(method, ['GET', 'HEAD', 'DELETE'], path, createResponseEndpoint(ports, id));
  }

  function backend(method: string, path: string): Endpoint | null {
    if (/^\/(?:backend-api\/wham|api\/codex)\/usage$/.test(path)) return allow(method, ['GET', 'HEAD'], path, usage);
    if (/^\/(?:backend-api\/wham|api\/codex)\/accounts\/check$/.test(path)) {
      return allow(method, ['GET', 'HEAD'], path, accountsCheck);
    }
    if (path.startsWith('/backend-api/') || path.startsWith('/api/codex/')) throw notServed(path);
    return null;
  }
}

function allow(method: string, methods: readonly string[], path: string, endpoint: Endpoint): Endpoint {
  if (methods.includes(method)) return endpoint;
  throw new RelayError('method_not_allowed', {
    message: `${path} takes ${methods.join(' and ')} only.`,
    allow: methods,
  });
}
