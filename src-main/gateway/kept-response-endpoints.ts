import type { IncomingMessage, ServerResponse } from 'node:http';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { identifyCaller } from './identify-caller.ts';
import { listInputItems } from './input-item-list.ts';
import type { KeptResponse } from './kept-response.ts';
import { checkEndpoint } from './key-scope.ts';
import type { CallerIdentity, GatewayPorts } from './ports.ts';
import { sendJson } from './send-json.ts';

type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Asked {
  readonly identity: CallerIdentity;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string>;
}

/** GET /v1/responses/{id}, for the key that asked for the answer. Throws `not_found` for all others. */
export const createResponseEndpoint = (ports: GatewayPorts, id: string): Endpoint =>
  endpoint(ports, async ({ identity, query, headers }, request, response) => {
    const found = await keptResponse(ports, identity, id);
    if (query.get('stream') === 'true') {
      throw new RelayError('unsupported_parameter', {
        message: 'Relay keeps finished answers and does not stream them again. Leave out "stream".',
        param: 'stream',
      });
    }
    if (request.method === 'DELETE') {
      await ports.kept.remove(identity.id, id);
      return sendJson(request, response, 200, { id, object: 'response', deleted: true }, headers);
    }
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': String(found.response.length),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : found.response);
  });

/** GET /v1/responses/{id}/input_items: all that the answer was made from, what came before it included. */
export const createInputItemsEndpoint = (ports: GatewayPorts, id: string): Endpoint =>
  endpoint(ports, async ({ identity, query, headers }, request, response) => {
    await keptResponse(ports, identity, id);
    const chain = await ports.kept.chain(identity.id, id);
    if (chain === null) throw notFound(ports, id);
    sendJson(request, response, 200, listInputItems(chain, query), headers);
  });

/** POST /v1/responses/{id}/cancel. */
export const createCancelEndpoint = (ports: GatewayPorts): Endpoint =>
  endpoint(ports, async () => {
    throw new RelayError('unsupported_parameter', {
      message: 'Only answers that are made in the background can be cancelled, and Relay makes none there.',
      param: 'background',
    });
  });

function endpoint(
  ports: GatewayPorts,
  answer: (asked: Asked, request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Endpoint {
  return async (request, response) => {
    const identity = await identifyCaller(request, ports.callers);
    checkEndpoint(identity, 'responses');
    const query = new URL(request.url ?? '/', 'http://relay.invalid').searchParams;
    await answer({ identity, query, headers: { 'x-request-id': ports.newId() } }, request, response);
  };
}

async function keptResponse(ports: GatewayPorts, identity: CallerIdentity, id: string): Promise<KeptResponse> {
  const found = await ports.kept.find(identity.id, id);
  if (found === null) throw notFound(ports, id);
  return found;
}

const notFound = (ports: GatewayPorts, id: string): RelayError =>
  new RelayError('not_found', {
    message: ports.kept.isOn()
      ? `Response with id '${id.slice(0, 200)}' not found.`
      : 'Relay keeps no answers: the setting responses.keep is off.',
  });
