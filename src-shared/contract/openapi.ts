import { z } from 'zod';
import { callSchema } from './call.ts';
import { errorBodySchema } from './error.ts';
import type { NamedSchema, Operation, OperationAccess, OperationAnswer } from './operation.ts';

export interface OpenApiOptions {
  readonly version: string;
  /** Where Relay listens, without a path. */
  readonly url: string;
}

type Json = Record<string, unknown>;

const security: Record<OperationAccess, readonly Json[]> = {
  api: [{ apiToken: [] }, { session: [] }],
  key: [{ relayKey: [] }, { relayKeyHeader: [] }],
  machine: [],
  link: [],
};

const securitySchemes = {
  apiToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The apiToken that `relay serve --json` prints. For scripts; Relay keys do not open /api.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'relay_session_4141',
    description: 'The dashboard’s own cookie; its name ends in the port. Changes need a same-origin request.',
  },
  relayKey: { type: 'http', scheme: 'bearer', description: 'A Relay key, sk-relay-...' },
  relayKeyHeader: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same key.' },
};

const tags: Readonly<Record<string, string>> = {
  Gateway: 'What clients of OpenAI call: point them at /v1 with a Relay key. /p/{project}/v1 counts for a project.',
  Codex: 'What the Codex CLI asks for by itself.',
  Accounts: 'Upstream logins and API keys.',
  Audit: 'Who changed what.',
  'Sign-in': 'Ways to new accounts.',
  Keys: 'What clients send to Relay.',
  Clients: 'Programs that are pointed at Relay, and their settings on this machine.',
  Tunnel: 'A public address for clients whose calls come from elsewhere.',
  Budgets: 'How much a key, a member or a project may use.',
  Calls: 'The call log.',
  Errors: 'What failed, by cause.',
  'Kept bodies': 'Prompts and answers of keys that ask for it.',
  Usage: 'Sums of calls.',
  Routing: 'How an account is chosen for each call.',
  Rehearsal: 'Failures played in front of your settings.',
  Relay: 'Relay itself.',
  Session: 'How a browser signs in.',
  Status: 'What anyone on this machine may see.',
};

/** What no answer is by itself: refusals, and the events of GET /api/events that are not answers elsewhere. */
const others: readonly NamedSchema[] = [
  { name: 'Error', schema: errorBodySchema },
  { name: 'Call', schema: callSchema },
];

/** The OpenAPI 3.1 document of these operations. Costs milliseconds: to be made once and kept. */
export function openApiDocument(operations: readonly Operation[], { version, url }: OpenApiOptions): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  const bodies = operations.flatMap(({ body }) => body ?? []);
  const answers = operations.flatMap((operation) => operation.answers.flatMap(({ json }) => json ?? []));
  return {
    openapi: '3.1.1',
    info: {
      title: 'Relay',
      version,
      summary: 'One local endpoint in front of your own ChatGPT logins and API keys.',
      description:
        'Times are milliseconds since the epoch in fields that end in At, durations milliseconds in Ms, money integer micro-dollars in MicroUsd. Unknown is null. Every answer carries x-request-id.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes,
      schemas: {
        ...schemasOf(bodies, 'input'),
        ...schemasOf([...answers, ...others], 'output'),
      },
    },
  };
}

function describe(operation: Operation): Json {
  const { id, tag, summary, description, body, access } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: security[access],
    parameters: parametersOf(operation),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.optional !== true,
            content: { 'application/json': { schema: refTo(body), example: body.example } },
          },
        }),
    responses: responsesOf(operation),
  };
}

function parametersOf({ params, query, etag, idempotent }: Operation): Json[] {
  const header = (name: string, description: string): Json => ({ name, in: 'header', description, schema: text });
  const schema = query === undefined ? {} : (z.toJSONSchema(query.schema, { ...options, io: 'input' }) as Json);
  const properties = (schema['properties'] ?? {}) as Record<string, Json>;
  const required = (schema['required'] ?? []) as string[];
  return [
    ...Object.entries(params ?? {}).map(([name, example]) => ({
      ...{ name, in: 'path', required: true, schema: text, example },
    })),
    ...Object.entries(properties).map(([name, of]) => ({
      ...{ name, in: 'query', required: required.includes(name), schema: of },
      ...(query?.example[name] === undefined ? {} : { example: query.example[name] }),
    })),
    ...(etag === 'read' ? [header('If-None-Match', 'An ETag: 304 without a body where nothing changed since.')] : []),
    ...(etag === 'write' ? [header('If-Match', 'An ETag: 412 where it was changed meanwhile.')] : []),
    ...(idempotent
      ? [header('Idempotency-Key', 'Of your choice: a repeat within ten minutes does nothing more.')]
      : []),
  ];
}

const text = { type: 'string' };

function responsesOf(operation: Operation): Json {
  const responses: Record<string, Json> = {};
  for (const answer of operation.answers) {
    const before = responses[answer.status];
    const content = { ...(before?.['content'] as Json | undefined), ...contentOf(answer) };
    const description = before === undefined ? answer.description : `${before['description']} ${answer.description}`;
    responses[answer.status] = { description, ...(Object.keys(content).length === 0 ? {} : { content }) };
  }
  if (operation.etag === 'read') responses['304'] = { description: 'Nothing has changed since.' };
  for (const status of errorsOf(operation)) responses[status] ??= refusal(refusals[status] ?? 'It failed.');
  return responses;
}

const contentOf = ({ json, media }: OperationAnswer): Json => {
  if (json !== undefined) return { 'application/json': { schema: refTo(json) } };
  return media === undefined ? {} : { [media]: { schema: text } };
};

/** What any operation of this kind can be refused for. */
function errorsOf({ access, body, query, params, etag, idempotent, errors = [] }: Operation): number[] {
  const all = new Set(errors);
  if (access !== 'machine') all.add(401);
  all.add(403);
  if (body !== undefined || query !== undefined) all.add(400);
  if (body !== undefined) for (const status of [413, 415]) all.add(status);
  if (params !== undefined) all.add(404);
  if (etag === 'write') all.add(412);
  if (idempotent) all.add(409);
  return [...all].sort((a, b) => a - b);
}

const refusals: Readonly<Record<number, string>> = {
  400: 'The request cannot be used; `param` names the field.',
  401: 'No credential, or one that does not open this.',
  403: 'A foreign host or origin, or a key that may not do this.',
  404: 'There is no such thing.',
  409: 'It conflicts with what is there, or the same is being done already.',
  412: 'It was changed since the ETag was given.',
  413: 'The body is too large.',
  415: 'The body is not application/json.',
  429: 'A limit or a budget is reached, or every account rests; Retry-After says how long.',
  500: 'Relay’s own storage failed.',
  502: 'The upstream failed.',
  503: 'Relay cannot do it at the moment.',
  504: 'The upstream stayed silent.',
};

const refusal = (description: string): Json => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

const refTo = ({ name }: NamedSchema): Json => ({ $ref: `#/components/schemas/${name}` });

const options = {
  unrepresentable: 'any',
  // The bounds of every integer in JavaScript say nothing.
  override({ jsonSchema }: { jsonSchema: Json }) {
    if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
    if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
  },
} as const;

/** One entry for each name; schemas that hold another named one refer to it. */
function schemasOf(named: readonly NamedSchema[], io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>();
  for (const { name, schema } of named) if (!registry.has(schema)) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, { ...options, io, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
}
