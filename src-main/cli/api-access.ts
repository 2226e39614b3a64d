import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { z } from 'zod';
import { budgetListSchema, budgetSchema } from '../../src-shared/contract/budget.ts';
import { callListSchema } from '../../src-shared/contract/call.ts';
import { clientListSchema } from '../../src-shared/contract/client.ts';
import { decisionSchema } from '../../src-shared/contract/decision.ts';
import { doctorSchema } from '../../src-shared/contract/doctor.ts';
import { errorBodySchema } from '../../src-shared/contract/error.ts';
import { failureListSchema } from '../../src-shared/contract/failure.ts';
import { keyCreatedSchema, keyListSchema, keySchema } from '../../src-shared/contract/key.ts';
import { ollamaSchema } from '../../src-shared/contract/ollama.ts';
import { relayStateSchema } from '../../src-shared/contract/pause.ts';
import { rehearsalSchema } from '../../src-shared/contract/rehearsal.ts';
import { replayReportSchema, routingSchema } from '../../src-shared/contract/routing.ts';
import { secretsMovedSchema, secretsSchema } from '../../src-shared/contract/secrets.ts';
import { sessionLinkSchema } from '../../src-shared/contract/session.ts';
import { settingsSchema } from '../../src-shared/contract/settings.ts';
import { statusSchema } from '../../src-shared/contract/status.ts';
import { tunnelOpenedSchema, tunnelSchema } from '../../src-shared/contract/tunnel.ts';
import { usageSchema } from '../../src-shared/contract/usage.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createAccountApi } from './account-api.ts';
import { portableApi } from './portable-access.ts';
import type { RunningRelay } from './relay-access.ts';
import { createSignInApi } from './sign-in-api.ts';

export interface RelayAddress {
  readonly url: string;
  readonly apiToken: string;
  readonly pid: number;
}

/** The API of a running Relay. A refusal is thrown as RelayError with the sentence that Relay gave. */
export function createApiAccess({ url, apiToken, pid }: RelayAddress, client: 'cli' | 'tray' = 'cli'): RunningRelay {
  const headers = { authorization: `Bearer ${apiToken}`, 'x-relay-client': client };

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${url}/api${path}`, { ...init, headers: { ...headers, ...init.headers } }).catch(
      (cause: unknown) => {
        const message = `Relay (process ${pid}) does not answer at ${url}.`;
        throw new RelayError('upstream_connection_error', { message, cause });
      },
    );
    if (response.ok) return response;
    const body = errorBodySchema.safeParse(await response.json().catch(() => null));
    const message = body.data?.error.message ?? `Relay answered ${response.status} to /api${path}.`;
    throw new RelayError('internal_error', { message, status: response.status, param: body.data?.error.param ?? null });
  }

  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
    schema.parse(await (await send(path)).json());
  const post = <T>(path: string, schema: z.ZodType<T>, body: object = {}): Promise<T> =>
    put('POST', path, schema, body);
  const put = async <T>(method: string, path: string, schema: z.ZodType<T>, body: object): Promise<T> => {
    const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return schema.parse(await (await send(path, init)).json());
  };
  const of = (collection: 'keys' | 'budgets', id: string): string => `/${collection}/${encodeURIComponent(id)}`;

  return {
    url,
    apiToken,
    pid,
    accounts: createAccountApi({ get, put, remove: async (path) => void (await send(path, { method: 'DELETE' })) }),
    signIns: createSignInApi({ get, put }),
    keys: {
      list: async () => (await get('/keys', keyListSchema)).keys,
      create: (input) => post('/keys', keyCreatedSchema, input),
      change: (id, wanted) => put('PATCH', of('keys', id), keySchema, wanted),
      rotate: (id, graceMs) => post(`${of('keys', id)}/rotate`, keyCreatedSchema, { graceMs }),
      revoke: (id, cut) => post(`${of('keys', id)}/revoke`, keySchema, { cut }),
    },
    budgets: {
      list: async () => (await get('/budgets', budgetListSchema)).budgets,
      create: (input) => post('/budgets', budgetSchema, input),
      change: (id, change) => put('PATCH', of('budgets', id), budgetSchema, change),
      remove: async (id) => void (await send(of('budgets', id), { method: 'DELETE' })),
    },
    secrets: {
      view: () => get('/secrets', secretsSchema),
      move: (wanted) => post('/secrets/move', secretsMovedSchema, wanted),
    },
    portability: portableApi({ get, put }, send),
    rehearsal: {
      view: () => get('/rehearsal', rehearsalSchema),
      start: () => post('/rehearsal', rehearsalSchema),
    },
    pause: {
      view: async () => (await get('/relay', relayStateSchema)).pause,
      async pause(wish) {
        const { pause } = await post('/relay/pause', relayStateSchema, wish);
        if (pause === null) throw new RelayError('conflict', { message: 'Relay was resumed at the same moment.' });
        return pause;
      },
      resume: async () => void (await post('/relay/resume', relayStateSchema)),
    },
    settings: {
      all: () => get('/settings', settingsSchema),
      patch: (changes) => put('PATCH', '/settings', settingsSchema, changes),
    },
    usage: ({ by, ...query }) => get(`/usage?${search({ by: by.join(','), ...query })}`, usageSchema),
    calls: (wanted) => get(`/calls?${search(wanted)}`, callListSchema),
    failures: (wanted) => get(`/errors?${search(wanted)}`, failureListSchema),
    routing: {
      view: () => get('/routing', routingSchema),
      preview: (question) => post('/routing/preview', decisionSchema, question),
      runReplay: (question) => post('/routing/replay', replayReportSchema, question),
    },
    tunnel: {
      view: () => get('/tunnel', tunnelSchema),
      start: (wanted) => post('/tunnel', tunnelOpenedSchema, wanted),
      stop: () => put('DELETE', '/tunnel', tunnelSchema, {}),
    },
    ollama: { view: () => get('/ollama', ollamaSchema) },
    doctor: () => get('/doctor', doctorSchema),
    clientFacts: async () => {
      const { baseUrl, models } = await get('/clients', clientListSchema);
      return { url: baseUrl.replace(/\/v1$/, ''), models };
    },
    status: () => get('/status', statusSchema),
    dashboardUrl: async () => `${url}/#/enter/${(await post('/session/link', sessionLinkSchema)).token}`,
    async *events(signal) {
      const response = await send('/events', { signal });
      if (response.body === null) return;
      const frames = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      try {
        for await (const { event = 'message', data } of frames) yield { name: event, data: JSON.parse(data) };
      } catch (error) {
        // Relay stopped, or the caller did.
        if (!(error instanceof Error)) throw error;
      }
    },
  };
}

/** What is given of a query, as the API takes it. */
function search(query: object): URLSearchParams {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
}
