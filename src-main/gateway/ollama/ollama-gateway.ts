import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ModelInfo } from '../../../src-shared/catalog/model-info.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { asText, parseObject } from '../../protocol/json-object.ts';
import { ollamaShow, ollamaTag } from '../../protocol/ollama/ollama-models.ts';
import { withoutTag } from '../../protocol/ollama/ollama-request.ts';
import { unknownModel } from '../call-plan.ts';
import { createGateway, type Gateway } from '../gateway.ts';
import { identifyCaller } from '../identify-caller.ts';
import { createModelCallEndpoint } from '../model-call-endpoint.ts';
import type { CallerIdentity, GatewayPorts } from '../ports.ts';
import { bodyLimits, readBody } from '../read-body.ts';
import { sendJson } from '../send-json.ts';

type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The version of Ollama's API that is spoken here: clients ask whether it is new enough for tools and thinking. */
const API_VERSION = '0.12.6';
const SHOW_BYTES = 64 * 1024;

/** What Ollama serves, as far as clients chat by it, and the OpenAI surface that it has beside that. */
export function createOllamaGateway(ports: GatewayPorts): Gateway {
  const openAi = createGateway(ports);
  const chat = createModelCallEndpoint(ports, 'ollama');
  const listed = (identity: CallerIdentity): ModelInfo[] =>
    (ports.models.list(identity.models).body['models'] as ModelInfo[]).filter(
      ({ visibility }) => visibility !== 'hide',
    );

  const answer =
    (make: (identity: CallerIdentity, request: IncomingMessage) => object | Promise<object>): Endpoint =>
    async (request, response) => {
      const body = await make(await identifyCaller(request, ports.callers), request);
      sendJson(request, response, 200, body, { 'x-request-id': ports.newId() });
    };

  const gets: Readonly<Record<string, Endpoint>> = {
    // Clients look for these words to see whether somebody is there.
    '/': async (request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(request.method === 'HEAD' ? undefined : 'Ollama is running');
    },
    '/api/version': async (request, response) =>
      sendJson(request, response, 200, { version: API_VERSION, relay: ports.version }),
    '/api/tags': answer((identity) => ({ models: listed(identity).map(({ slug }) => ollamaTag(slug)) })),
    // None is in this machine's memory.
    '/api/ps': answer(() => ({ models: [] })),
  };
  const posts: Readonly<Record<string, Endpoint>> = {
    '/api/chat': chat,
    '/api/show': answer(async (identity, request) => {
      const bytes = await readBody(request, { ...bodyLimits(ports), bytes: SHOW_BYTES });
      const { model, name } = parseObject(bytes.toString('utf8')) ?? {};
      const asked = asText(model) ?? asText(name) ?? '';
      const found = listed(identity).find(({ slug }) => slug === withoutTag(asked));
      if (found === undefined) throw unknownModel(asked);
      return ollamaShow(found);
    }),
  };

  return {
    route(method, path) {
      if (path.startsWith('/v1/')) return openAi.route(method, path);
      const served = Object.hasOwn(gets, path) ? gets[path] : Object.hasOwn(posts, path) ? posts[path] : undefined;
      if (served === undefined) throw notServed(path);
      const allowed = Object.hasOwn(posts, path) ? ['POST'] : ['GET', 'HEAD'];
      if (allowed.includes(method)) return served;
      throw new RelayError('method_not_allowed', { message: `${path} takes ${allowed.join(' and ')} only.` });
    },
  };
}

const notServed = (path: string): RelayError =>
  new RelayError('not_found', {
    message: `Relay's bridge for Ollama clients does not serve ${path.slice(0, 100)}. It serves /api/chat, /api/tags, /api/show, /api/ps, /api/version and /v1.`,
  });
