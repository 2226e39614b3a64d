import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../src-shared/contract/operation.ts';
import { operations } from '../../src-shared/contract/operations/operations.ts';
import { appPages } from '../../src-shared/domain/app-pages.ts';
import { recordMounts } from '../support/express-routes.ts';
import { type RawAnswer, rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

interface OpenApi {
  readonly paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const mounts = recordMounts();
let running: RunningRelay;
let document: OpenApi;
let ajv: Ajv2020;
beforeAll(async () => {
  running = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'k', kind: 'openai' },
    ],
    strangers: [{ name: 'new', kind: 'openai' }],
    secrets: 'file',
  });
  const answer = await rawCall(running.url, { method: 'GET', path: '/api/openapi.json', headers: scripted() });
  document = JSON.parse(answer.text);
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'relay', ...document } as object);
});
afterAll(async () => {
  mounts.end();
  await running.stop();
});

const scripted = () => ({ authorization: `Bearer ${running.apiToken}`, 'content-type': 'application/json' });
const keyed = () => ({ ...scripted(), authorization: `Bearer ${running.key}` });
const named = ({ method, path }: Operation): string => `${method.toUpperCase()} ${path}`;
/** What takes away comes last, one thing before all of them. */
const lateness = ({ method, path }: Operation): number => (method !== 'delete' ? 0 : path.includes('{') ? 1 : 2);
const described = operations
  .toSorted((a, b) => lateness(a) - lateness(b))
  .map((operation) => [named(operation), operation] as const);

describe('the description of the API', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone<object>(document) as Record<string, unknown>);
    expect([result.valid, result.errors ?? [], validator.version]).toEqual([true, [], '3.1']);
  });

  test('has every route of the Express apps that answer here, but for pages, and no route that is not there', async () => {
    const routes = await mounts.routesAt(running.url);
    const pages = ['/status', '/status.css', ...appPages].map((path) => `GET ${path.replace(':id', '{id}')}`);
    // What takes a Relay key is the gateway's, which has no Express routes.
    const described = operations.filter(({ access }) => access !== 'key').map(named);
    expect(routes.filter((name) => !pages.includes(name))).toEqual(described.sort());
    expect(routes).toEqual(expect.arrayContaining(pages));
  });

  test('names each operation once, with words and with examples that its own schema takes', () => {
    const ids = operations.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const { summary, description, tag, path, params = {}, body, query } of operations) {
      expect([summary, description, tag].every((words) => words.length > 2)).toBe(true);
      expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(Object.keys(params));
      if (body !== undefined) expect(body.schema.safeParse(body.example).error).toBeUndefined();
      if (query !== undefined) expect(query.schema.safeParse(query.example).error).toBeUndefined();
    }
  });

  test('is closed to who has no token, and tells the methods of a path as the server does', async () => {
    const closed = await rawCall(running.url, { method: 'GET', path: '/api/openapi.json' });
    expect(closed.status).toBe(401);
    for (const path of new Set(operations.map(({ path }) => path))) {
      const real = path.replaceAll(/\{\w+\}/g, 'x');
      const headers = path.startsWith('/api/') && !path.startsWith('/api/codex/') ? scripted() : keyed();
      const { status } = await rawCall(running.url, { method: 'PROPFIND', path: real, headers });
      expect([path, status]).toEqual([path, 405]);
    }
  });
});

/** What examples cannot know: the ids of things that are there, and secrets that are good. */
async function placed(operation: Operation): Promise<{ id: string; body: unknown }> {
  const { relay, simulator } = running;
  const { path, id: name, body } = operation;
  let id = 'none';
  const accounts = relay.accounts.list();
  if (path.includes('/sign-ins/')) id = relay.signIns.list().at(-1)?.id ?? id;
  else if (path.startsWith('/api/accounts/{id}'))
    id = accounts.find(({ kind, label }) => kind === kindFor(name) && label !== 'new')?.id ?? id;
  else if (path.startsWith('/api/keys')) id = relay.keys.list().find(({ name: of }) => of === 'laptop')?.id ?? id;
  else if (path.startsWith('/api/clients/')) id = name === 'makeClientRecipe' ? 'cursor' : 'codex';
  else if (path.startsWith('/api/budgets')) id = relay.budgets.list()[0]?.id ?? id;
  else if (path.startsWith('/api/calls')) id = (await running.calls())[0]?.id ?? id;
  else if (path.startsWith('/api/routing/affinities/')) {
    const answer = await rawCall(running.url, { method: 'GET', path: '/api/routing/affinities', headers: scripted() });
    id = JSON.parse(answer.text).affinities[0].conversationId;
  } else if (path.startsWith('/v1/responses/')) id = keptId;
  else if (path === '/v1/models/{id}') id = 'gpt-5.5';
  const bodies: Readonly<Record<string, unknown>> = {
    addAccount: { type: 'api-key', apiKey: simulator.account('new').apiKey, label: 'new' },
    orderAccounts: { ids: accounts.map((account) => account.id) },
    moveAccount: { before: accounts.find(({ kind }) => kind === 'chatgpt')?.id },
    compactResponse: { model: 'gpt-5.5', input: [{ type: 'message', role: 'user', content: 'sim:say hello' }] },
  };
  return { id, body: bodies[name] ?? body?.example };
}
let keptId = '';
/** Only a login has a usage to read and a reset to rest for. */
const kindFor = (name: string): string => (/Usage|rest/.test(name) ? 'chatgpt' : 'openai');

/** Where the answer in a test is another than the first one, and why. */
const otherwise: Readonly<Record<string, number>> = {
  // Nothing is captured here, and no login lies where the example says.
  getCallBodies: 404,
  eraseCallBodies: 404,
  importFoundLogin: 404,
  // A device-code sign-in is not finished by an address.
  finishSignIn: 400,
  // The example's token is nobody's.
  enterSession: 401,
  moveSecrets: 503,
  // No program that could open one is installed here.
  openTunnel: 404,
};

test.each(described)('%s answers as it is described', { timeout: 60_000 }, async (_, operation) => {
  const { id, body } = await placed(operation);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(operation.query?.example ?? {})) query.set(name, String(value));
  const headers =
    operation.access === 'key'
      ? keyed()
      : operation.access === 'api'
        ? scripted()
        : { 'content-type': 'application/json' };
  const path = operation.path.replace('{id}', encodeURIComponent(id)) + (query.size === 0 ? '' : `?${query}`);
  if (operation.id === 'streamEvents')
    return expect(await firstEvent(path, headers)).toMatch(/^id: \S+\nevent: account\n/);
  const answer = await rawCall(running.url, {
    method: operation.method.toUpperCase(),
    path,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (operation.id === 'createResponse') keptId = JSON.parse(answer.text).id;
  const expected = otherwise[operation.id] ?? operation.answers[0].status;
  expect([answer.status, answer.status === expected ? '' : answer.text]).toEqual([expected, '']);
  expect(problemsOf(operation, answer)).toEqual([]);
  expect(answer.headers['x-request-id']).toMatch(/^(req|call)_/);
});

/** What of an answer its description does not say. */
function problemsOf({ method, path }: Operation, { status, headers, text }: RawAnswer): unknown[] {
  const content = document.paths[path]?.[method]?.responses[status]?.content;
  if (content === undefined)
    return document.paths[path]?.[method]?.responses[status] && text === '' ? [] : ['not described', status];
  const media = String(headers['content-type']).split(';')[0] ?? '';
  if (!Object.hasOwn(content, media)) return ['another media type', media];
  if (media !== 'application/json') return [];
  const pointer = [path, method, 'responses', String(status), 'content', media, 'schema']
    .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
    .join('/');
  const check = ajv.getSchema(`relay#/paths/${encodeURI(pointer)}`) as ValidateFunction;
  return check(JSON.parse(text)) ? [] : (check.errors ?? []);
}

async function firstEvent(path: string, headers: Record<string, string>): Promise<string> {
  const leaving = new AbortController();
  const response = await fetch(`${running.url}${path}`, { headers, signal: leaving.signal });
  const { value } = await response.body!.getReader().read();
  leaving.abort();
  return new TextDecoder().decode(value);
}
