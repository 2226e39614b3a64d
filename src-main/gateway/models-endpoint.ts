import type { IncomingMessage, ServerResponse } from 'node:http';
import { asObjects } from '../protocol/json-object.ts';
import { unknownModel } from './call-plan.ts';
import { identifyCaller } from './identify-caller.ts';
import type { GatewayPorts } from './ports.ts';
import { sendJson } from './send-json.ts';

/** GET /v1/models: the pool's models in one body for the OpenAI SDKs and the Codex CLI. */
export function createModelsEndpoint(ports: GatewayPorts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const identity = await identifyCaller(request, ports.callers);
    const { body, etag } = ports.models.list(identity.models);
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag, 'x-request-id': ports.newId() });
      response.end();
      return;
    }
    sendJson(request, response, 200, body, { etag, 'x-request-id': ports.newId() });
  };
}

/** GET /v1/models/{id}. Throws `model_not_found`. */
export function createModelEndpoint(ports: GatewayPorts, id: string) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const identity = await identifyCaller(request, ports.callers);
    const found = asObjects(ports.models.list(identity.models).body['data']).find((model) => model['id'] === id);
    if (found === undefined) throw unknownModel(id);
    sendJson(request, response, 200, found, { 'x-request-id': ports.newId() });
  };
}
