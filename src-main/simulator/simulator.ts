import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { systemTimers, type Timers } from '../../src-shared/domain/timers.ts';
import { apiAccount, type Backend, bearerOf, chatgptAccount } from './backend.ts';
import { type Exchange, refuse } from './exchange.ts';
import { createIdSource } from './id-source.ts';
import { createJournal, isModelRequest, type Journal, type RequestRecord } from './journal.ts';
import { createPromptCache } from './prompt-cache.ts';
import { detailRefusal, Refusal } from './refusal.ts';
import { type ReceivedBody, readRequestBody } from './request-body.ts';
import { serveSocket } from './responses-socket.ts';
import { createRoutes } from './routes.ts';
import { createSignIn, type SignInOptions } from './sign-in.ts';
import {
  createSimulatedAccount,
  type Latency,
  type SimulatedAccount,
  type SimulatedAccountSpec,
} from './simulated-account.ts';

export interface SimulatorOptions {
  readonly clock: Clock;
  readonly accounts: readonly SimulatedAccountSpec[];
  /** Equal seeds give equal ids. */
  readonly seed?: number;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly latency?: Latency;
  readonly timers?: Timers;
  readonly signIn?: SignInOptions;
  readonly accessTokenTtlMs?: number;
  /** How long a spent refresh token still works; 0, the default, refuses it at once. */
  readonly reuseGraceMs?: number;
  /** Age at which a WebSocket takes no further request; 60 minutes like the backend's. */
  readonly socketMaxAgeMs?: number;
  /** A frame of this size or more closes its WebSocket with 1009; 16 MiB like the backend's. */
  readonly frameLimitBytes?: number;
  /** How many requests the journal keeps. */
  readonly journalLimit?: number;
}

export interface SimulatorAddresses {
  readonly chatgptBaseUrl: string;
  readonly issuer: string;
  readonly openaiBaseUrl: string;
}

/** A loopback stand-in for the ChatGPT Codex backend, its sign-in service and the OpenAI API (PROTOCOL 11). */
export interface Simulator {
  start(): Promise<SimulatorAddresses>;
  /** Destroys every connection; nothing is left open. */
  stop(): Promise<void>;
  /** Throws for a name that is none of the accounts. */
  account(name: string): SimulatedAccount;
  /** Whose login the next sign-ins give. */
  signInAs(name: string): void;
  readonly journal: readonly RequestRecord[];
  /** The requests that ask the model for something, of one account or of all. */
  modelRequests(accountName?: string): readonly RequestRecord[];
  clearJournal(): void;
  /** Open TCP connections, WebSockets among them. */
  connectionCount(): number;
}

export function createSimulator(options: SimulatorOptions): Simulator {
  const { clock, timers = systemTimers, latency = {} } = options;
  const nextId = createIdSource(options.seed ?? 1);
  const journal = createJournal(options.journalLimit ?? 2000);
  let origin = 'http://127.0.0.1:0';
  const issuer = (): string => origin;
  const ports = {
    clock,
    nextId,
    issuer,
    accessTokenTtlMs: options.accessTokenTtlMs ?? 864_000_000,
    reuseGraceMs: options.reuseGraceMs ?? 0,
  };
  const accounts = options.accounts.map((spec) => createSimulatedAccount(spec, ports));
  const backend: Backend = { clock, timers, nextId, cache: createPromptCache(), accounts, latency, stored: new Map() };
  const signIn = createSignIn(backend, issuer, options.signIn);
  const route = createRoutes(backend, signIn);
  const stopped = new AbortController();
  const sockets = new Set<Duplex>();
  const frameLimit = options.frameLimitBytes ?? 16 * 1024 * 1024;
  // Deflate is declined, as the loopback server did that the real client was recorded against (PROTOCOL 4.2).
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: frameLimit - 1 });
  let connections = 0;

  const account = (name: string): SimulatedAccount => {
    const found = accounts.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`The simulator has no account named ${name}.`);
    return found;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (cutsUpload(request, accounts, journal, clock)) return;
    // The service's own time: clients learn from it how wrong their clock is.
    response.setHeader('date', new Date(clock.now()).toUTCString());
    const url = new URL(request.url ?? '/', origin);
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    stopped.signal.addEventListener('abort', leave);
    let record: RequestRecord | null = null;
    response.on('close', () => {
      stopped.signal.removeEventListener('abort', leave);
      leave();
      if (record === null) return;
      if (record.outcome === 'pending') record.outcome = response.writableFinished ? 'complete' : 'client-closed';
      record.settledAt = clock.now();
    });
    let body: ReceivedBody | Refusal;
    try {
      body = await readRequestBody(request);
    } catch (error) {
      if (!(error instanceof Refusal)) return;
      body = error;
    }
    record = journal.add(newRecord(request, url, clock.now(), body));
    const exchange: Exchange = {
      request,
      response,
      path: url.pathname,
      query: url.searchParams,
      body: body instanceof Refusal ? null : body.value,
      record,
      gone: gone.signal,
    };
    if (body instanceof Refusal) return refuse(exchange, body);
    await route(exchange).catch((error: unknown) => {
      if (response.headersSent) throw error;
      refuse(exchange, error instanceof Refusal ? error : detailRefusal(500, `The simulator failed: ${String(error)}`));
    });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', origin);
    const record = journal.add({
      ...newRecord(request, url, clock.now(), { bytes: 0, encoding: null, value: null }),
      transport: 'ws-handshake',
    });
    const settle = (status: number): void => {
      record.status = status;
      record.outcome = 'complete';
      record.settledAt = clock.now();
    };
    socket.on('error', () => socket.destroy());
    try {
      const owner = upgradingAccount(url.pathname, request, backend);
      record.account = owner.name;
      const refused = owner.faults.take('upgrade').find((fault) => fault.kind === 'upgrade-refused');
      if (refused !== undefined) throw new Refusal(refused.status, refused.body ?? { detail: 'Upgrade refused' });
      connections += 1;
      const connection = connections;
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        settle(101);
        const header = (name: string): string | null => {
          const value = request.headers[name];
          return typeof value === 'string' ? value : null;
        };
        const session = {
          account: owner,
          connection,
          path: url.pathname,
          header,
          maxAgeMs: options.socketMaxAgeMs ?? 3_600_000,
        };
        serveSocket(webSocket, session, backend, journal, stopped.signal);
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      settle(error.status);
      socket.end(rawReply(error));
    }
  });

  return {
    start() {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port ?? 0, '127.0.0.1', () => {
          const { port } = server.address() as AddressInfo;
          origin = `http://127.0.0.1:${port}`;
          resolve({ chatgptBaseUrl: `${origin}/backend-api`, issuer: origin, openaiBaseUrl: `${origin}/v1` });
        });
      });
    },
    stop() {
      stopped.abort();
      for (const client of webSockets.clients) client.terminate();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
    account,
    signInAs: (name) => signIn.signInAs(account(name)),
    journal: journal.records,
    modelRequests: (name) =>
      journal.records.filter((record) => isModelRequest(record) && (name === undefined || record.account === name)),
    clearJournal: () => journal.clear(),
    connectionCount: () => sockets.size,
  };
}

function newRecord(request: IncomingMessage, url: URL, at: number, body: ReceivedBody | Refusal): RequestRecord {
  const { rawHeaders } = request;
  return {
    transport: 'http',
    at,
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.search.slice(1),
    headers: Array.from(
      { length: rawHeaders.length / 2 },
      (_, index) => [rawHeaders[index * 2]!, rawHeaders[index * 2 + 1]!] as const,
    ),
    body: body instanceof Refusal ? null : body.value,
    bodyBytes: body instanceof Refusal ? 0 : body.bytes,
    contentEncoding: request.headers['content-encoding'] ?? null,
    connection: null,
    account: null,
    status: null,
    outcome: 'pending',
    bytesSent: 0,
    settledAt: null,
  };
}

/** Plays a scripted cut of the upload: the connection is reset as soon as the first of the body has come. */
function cutsUpload(
  request: IncomingMessage,
  accounts: readonly SimulatedAccount[],
  journal: Journal,
  clock: Clock,
): boolean {
  const token = bearerOf(request.headers.authorization ?? null);
  const owner = accounts.find((candidate) =>
    candidate.kind === 'openai' ? candidate.apiKey === token : candidate.tokens.accessState(token ?? '') === 'valid',
  );
  if (request.method !== 'POST' || owner === undefined || owner.faults.takeUploadCut() === null) return false;
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const record = journal.add(newRecord(request, url, clock.now(), { bytes: 0, encoding: null, value: null }));
  record.account = owner.name;
  record.outcome = 'cut';
  request.once('data', () => request.socket.resetAndDestroy());
  return true;
}

function upgradingAccount(path: string, request: IncomingMessage, backend: Backend): SimulatedAccount {
  const authorization = request.headers.authorization ?? null;
  const accountId = request.headers['chatgpt-account-id'];
  if (path === '/backend-api/codex/responses') {
    return chatgptAccount(backend, authorization, typeof accountId === 'string' ? accountId : null);
  }
  if (path === '/v1/responses') return apiAccount(backend, authorization);
  throw detailRefusal(404, 'Not Found');
}

function rawReply({ status, body, headers }: Refusal): string {
  const text = JSON.stringify(body);
  const all = {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} Refused`, ...lines, '', text].join('\r\n');
}
