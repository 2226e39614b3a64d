import { onTestFinished, vi } from 'vitest';
import type { BudgetView } from '../../src-shared/contract/budget.ts';
import type { CallRecord, CallValues } from '../../src-shared/contract/call.ts';
import type { CallBodies } from '../../src-shared/contract/call-bodies.ts';
import type { DecisionView } from '../../src-shared/contract/decision.ts';
import type { FailureList } from '../../src-shared/contract/failure.ts';
import type { KeyUseView, KeyView } from '../../src-shared/contract/key.ts';
import type { OllamaView } from '../../src-shared/contract/ollama.ts';
import { openApiDocument } from '../../src-shared/contract/openapi.ts';
import { operations } from '../../src-shared/contract/operations/operations.ts';
import type { RelayPause } from '../../src-shared/contract/pause.ts';
import type { PublicStatus } from '../../src-shared/contract/public-status.ts';
import type { SignInView } from '../../src-shared/contract/sign-in.ts';
import type { StatusView } from '../../src-shared/contract/status.ts';
import type { TunnelView } from '../../src-shared/contract/tunnel.ts';
import type { UsageView } from '../../src-shared/contract/usage.ts';
import { budget, call, decision, key, publicStatus, rehearsal, status } from '../unit/dashboard/samples.ts';
import { usage, usageHours } from '../unit/dashboard/usage-samples.ts';
import { answerAccounts, createAccountState } from './fake-accounts.ts';
import { answerClients, createClientState } from './fake-clients.ts';
import { answerRouting, createRoutingState } from './fake-routing.ts';
import { answerSettings, createSettingsState } from './fake-settings.ts';

interface Asked {
  method: string;
  path: string;
  body: unknown;
}

const json = (body: unknown, code = 200): Response => Response.json(body, { status: code });
const refusal = (code: number, message: string, param: string | null = null): Response =>
  json({ error: { message, type: 'invalid_request_error', param, code: null } }, code);

const closedTunnel: TunnelView = {
  ...{ state: 'off', via: null, baseUrl: null, keyId: null, openedAt: null, expiresAt: null, reason: null },
  installed: ['cloudflared', 'tailscale'],
};
/** Read beside what a test is about, at any moment: what is refused next is none of these. */
const askedAlways: ReadonlySet<string> = new Set(['/api/tunnel', '/api/ollama', '/api/keys']);

/** What an open tunnel is to the page. */
export const openTunnel = {
  state: 'open',
  via: 'cloudflared',
  baseUrl: 'https://quiet-words.trycloudflare.com/v1',
  keyId: 'key_2',
  openedAt: 1_764_000_000_000,
  expiresAt: 1_764_043_200_000,
} as const;

/** Answers the page's own `fetch` as Relay would, and notes what was asked. */
export function fakeRelay({ signedIn = true }: { signedIn?: boolean } = {}) {
  const state = {
    signedIn,
    down: false,
    oneTimeToken: 'one-time-token',
    ...createAccountState(),
    ...createSettingsState(),
    ...createClientState(),
    ...createRoutingState(),
    keys: [key] as KeyView[],
    keyUse: {} as Record<string, KeyUseView>,
    budgets: [] as BudgetView[],
    failures: { from: 0, to: 1, causes: 0, seen: 0, absorbed: 0, errors: [], uncounted: 0 } as FailureList,
    calls: [call] as CallRecord[],
    callValues: [] as CallValues['values'],
    /** What is captured of calls; `null` for nothing. */
    callBodies: null as CallBodies | null,
    rehearsal,
    publicStatus: { ...publicStatus, at: Date.now() } as PublicStatus,
    ledger: status.ledger as StatusView['ledger'],
    pause: null as RelayPause | null,
    tunnel: { ...closedTunnel },
    /** Why no tunnel can be opened. */
    tunnelRefusal: null as string | null,
    /** Why the bridge for Ollama clients does not listen although it should. */
    ollamaFailure: null as string | null,
    /** What GET /api/usage answers to a query. */
    usage: (_query: URLSearchParams): UsageView => usage,
    usageHours,
    decisions: [decision] as DecisionView[],
    refuseNext: null as string | null,
    /** The field at fault of that refusal. */
    refuseParam: null as string | null,
  };
  const asked: Asked[] = [];
  let stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  let sequence = 0;

  const emit = (event: string, data: unknown): void => {
    sequence += 1;
    stream?.enqueue(
      new TextEncoder().encode(`id: run-${sequence}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    );
  };

  function openStream(signal: AbortSignal | null | undefined): Response {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        stream = controller;
        signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
        emit('account', { accounts: state.accounts });
        emit('status', statusNow());
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  function answer(method: string, path: string, query: URLSearchParams, body: unknown, tag: string | null): Response {
    const message = method === 'GET' && askedAlways.has(path) ? null : state.refuseNext;
    if (message !== null) state.refuseNext = null;
    if (message !== null) return refusal(400, message, state.refuseParam);
    if (path === '/api/session') {
      if (JSON.stringify(body) !== JSON.stringify({ token: state.oneTimeToken }))
        return refusal(401, 'This link is old.');
      state.signedIn = true;
      return json({ expiresAt: 1 }, 201);
    }
    if (!state.signedIn) return refusal(401, 'You are not signed in here.');
    if (path === '/api/relay/resume') state.pause = null;
    if (path === '/api/relay/pause') state.pause = { since: Date.now(), until: null };
    if (path === '/api/status') return json(statusNow());
    if (path === '/api/tunnel') return answerTunnel(method);
    if (path === '/api/ollama') return json(ollamaNow());
    if (path.startsWith('/api/relay')) return json({ pause: state.pause });
    if (path === '/status.json') return json(state.publicStatus);
    if (path === '/api/openapi.json')
      return json(openApiDocument(operations, { version: '0.1.0', url: location.origin }));
    const ofSettings = answerSettings(state, { method, path, query, body, tag });
    if (ofSettings !== null) return ofSettings;
    const ofAccounts = answerAccounts(state, method, path);
    const others = ofAccounts ?? answerClients(state, path) ?? answerRouting(state, { method, path, query, body });
    if (others !== null) return others;
    if (path === '/api/rehearsal') return json(state.rehearsal, method === 'POST' ? 202 : 200);
    if (path === '/api/keys') {
      return method === 'POST' ? json({ key, secret: 'relay_the-secret' }, 201) : json({ keys: state.keys });
    }
    if (path === '/api/keys/use') return json({ use: state.keyUse });
    if (path.startsWith('/api/keys/') && method === 'PATCH') return json({ ...key, ...(body as object) });
    if (path === '/api/errors') return json(state.failures);
    if (path === '/api/budgets' && method === 'GET') return json({ budgets: state.budgets });
    if (path.startsWith('/api/budgets'))
      return method === 'DELETE' ? new Response(null, { status: 204 }) : json(budget);
    if (path.endsWith('/rotate')) return json({ key, secret: 'relay_rotated' });
    if (path.endsWith('/revoke')) return json({ ...key, revokedAt: 1 });
    if (path === '/api/usage') return json(state.usage(query));
    if (path === '/api/usage/hours') return json(state.usageHours);
    if (path === '/api/calls') return json(page(query));
    if (path === '/api/calls/values') return json({ values: state.callValues });
    if (path.startsWith('/api/calls/') && path.endsWith('/bodies')) {
      if (state.callBodies === null) return refusal(404, 'No bodies of this call are kept.');
      if (method === 'GET') return json(state.callBodies);
      state.callBodies = null;
      return new Response(null, { status: 204 });
    }
    if (path.startsWith('/api/calls/')) {
      const found = state.calls.find((one) => path.endsWith(one.id));
      return found === undefined
        ? refusal(404, 'There is no call with this id in the log.')
        : json({ ...found, decisions: state.decisions });
    }
    return refusal(404, 'There is no such resource under /api.');
  }

  const statusNow = () => {
    const { state: open, via, baseUrl, openedAt, expiresAt } = state.tunnel;
    return {
      ...status,
      ledger: state.ledger,
      pause: state.pause,
      tunnel: open === 'open' ? { via, baseUrl, openedAt, expiresAt } : null,
    };
  };

  function ollamaNow(): OllamaView {
    const { 'ollama.enabled': on, 'ollama.port': port, 'ollama.keyId': keyId } = state.settings;
    const failed = on && state.ollamaFailure !== null;
    return {
      state: failed ? 'failed' : on ? 'listening' : 'off',
      url: on && !failed ? `http://127.0.0.1:${port}` : null,
      reason: failed ? state.ollamaFailure : null,
      keyId,
      keyWorks: state.keys.some(({ id, revokedAt }) => id === keyId && revokedAt === null),
    };
  }

  function answerTunnel(method: string): Response {
    if (method === 'GET') return json(state.tunnel);
    if (method === 'POST' && state.tunnelRefusal !== null) return refusal(504, state.tunnelRefusal);
    state.tunnel = method === 'POST' ? { ...state.tunnel, ...openTunnel } : closedTunnel;
    return method === 'POST' ? json({ ...state.tunnel, secret: 'relay_tunnel-secret' }, 201) : json(state.tunnel);
  }

  function page(query: URLSearchParams) {
    const wanted = query.get('status');
    const text = query.get('text') ?? '';
    const found = state.calls.filter(
      (one) => (wanted === null || one.status === wanted) && JSON.stringify(one).includes(text),
    );
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit'));
    return { calls: found.slice(start, end), nextCursor: end < found.length ? String(end) : null, searchedTo: null };
  }

  const original = window.fetch;
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init: RequestInit = {}) => {
    const url = new URL(String(input), location.href);
    if (!url.pathname.startsWith('/api/') && url.pathname !== '/status.json') return original(input, init);
    const method = init.method ?? 'GET';
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : null;
    const lastEventId = new Headers(init.headers).get('last-event-id');
    asked.push({ method, path: url.pathname + url.search, body: url.pathname === '/api/events' ? lastEventId : body });
    if (state.down) throw new TypeError('Failed to fetch');
    if (url.pathname === '/api/events' && state.signedIn) return openStream(init.signal);
    return answer(method, url.pathname, url.searchParams, body, new Headers(init.headers).get('if-match'));
  });
  onTestFinished(() => void vi.unstubAllGlobals());

  return {
    state,
    asked,
    emit,
    /** Sign-ins are now as these, and the page is told. */
    tellSignIns(signIns: SignInView[]): void {
      state.signIns = signIns;
      emit('sign-in', { signIns });
    },
    /** The connection breaks, and Relay stays away. */
    goDown(): void {
      state.down = true;
      stream?.error(new TypeError('network error'));
    },
    changes: () => asked.filter(({ method }) => method !== 'GET').map((one) => [one.method, one.path, one.body]),
  };
}
