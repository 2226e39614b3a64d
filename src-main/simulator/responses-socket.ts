import type { WebSocket } from 'ws';
import type { Backend } from './backend.ts';
import { checkCodexRequest } from './codex-rules.ts';
import type { Fault } from './fault.ts';
import { planSteps } from './fault-steps.ts';
import { generate, startedResponse } from './generation.ts';
import type { Journal, RequestRecord } from './journal.ts';
import { isObject, type JsonObject, objectOr, textOr } from './json-object.ts';
import { fullWindow, limitEvent, usageLimit } from './limit-report.ts';
import { codexCatalogue } from './model-catalogue.ts';
import { checkOpenAiRequest } from './openai-rules.ts';
import { scriptedLimit } from './plain-fault.ts';
import { play, type Step } from './playback.ts';
import { detailRefusal, errorFrame, errorRefusal, Refusal } from './refusal.ts';
import type { ResponseEvent } from './response-events.ts';
import { paceOf } from './responses-endpoint.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { createSocketSink } from './socket-sink.ts';
import { pause } from './timers.ts';
import { checkTurnState, issueTurnState, turnOf } from './turn-state.ts';

/** One WebSocket connection to `…/responses` (PROTOCOL 4). */
export interface SocketSession {
  readonly account: SimulatedAccount;
  readonly connection: number;
  readonly path: string;
  /** Headers of the handshake, lower-case. */
  readonly header: (name: string) => string | null;
  readonly maxAgeMs: number;
}

/** Stand-in for the lite header in the metadata of a WebSocket message (seen in captures 08 and 18). */
const liteField = 'ws_request_header_x_openai_internal_codex_responses_lite';

export function serveSocket(
  socket: WebSocket,
  session: SocketSession,
  backend: Backend,
  journal: Journal,
  stopped: AbortSignal,
): void {
  const openedAt = backend.clock.monotonic();
  /** With `store: false` an id lives as long as its connection. */
  const known = new Map<string, readonly JsonObject[]>();
  const gone = new AbortController();
  let busy = false;
  const record = (transport: RequestRecord['transport'], body: unknown, bytes: number): RequestRecord =>
    journal.add({
      transport,
      at: backend.clock.now(),
      method: 'GET',
      path: session.path,
      query: '',
      headers: [],
      body,
      bodyBytes: bytes,
      contentEncoding: null,
      connection: session.connection,
      account: session.account.name,
      status: null,
      outcome: 'pending',
      bytesSent: 0,
      settledAt: null,
    });
  const leave = (): void => gone.abort();
  stopped.addEventListener('abort', leave);
  socket.on('error', leave);
  socket.on('close', (code, reason) => {
    stopped.removeEventListener('abort', leave);
    leave();
    const closing = record('ws-close', { code, reason: reason.toString() }, 0);
    closing.outcome = 'complete';
    closing.settledAt = backend.clock.now();
  });

  const answer = async (message: JsonObject, entry: RequestRecord): Promise<void> => {
    if (backend.clock.monotonic() - openedAt >= session.maxAgeMs) {
      throw errorRefusal(400, 'websocket_connection_limit_reached', 'This connection has reached its time limit.');
    }
    const { account } = session;
    const earlier = earlierItems(message, known);
    const { type: _type, generate: shouldGenerate, previous_response_id: _previous, ...body } = message;
    const items = check(session, { ...body, ...(shouldGenerate === false ? { generate: false } : {}) }, earlier);
    const turn = turnOf(body, session.header('x-codex-turn-metadata'));
    const replayed = objectOr(body['client_metadata'])['x-codex-turn-state'];
    if (typeof replayed === 'string') checkTurnState(replayed, account, turn);
    entry.status = 200;
    const sink = createSocketSink(socket, entry, gone.signal);
    if (shouldGenerate === false) {
      const id = backend.nextId('resp');
      known.set(id, items);
      for (const event of prewarmEvents(id, body, backend.clock.now())) await sink.send(event);
      return;
    }
    const faults = account.faults.take('responses', textOr(body['model'], ''));
    for (const fault of faults) await playBeforeFrames(fault, session, backend, gone.signal);
    const full = fullWindow(account, textOr(body['model'], ''));
    if (full !== null) {
      const limit = usageLimit(account, textOr(body['model'], ''), backend.clock.now(), full);
      throw new Refusal(429, { error: limit.error }, limit.headers);
    }
    const generation = generate({ account, body, items, session: session.header('session-id') }, backend);
    known.set(generation.id, [...items, ...generation.output]);
    generation.charge();
    const { firstMs = 0, perEventMs = 0 } = { ...backend.latency, ...account.latency };
    await pause(backend.timers, firstMs, gone.signal);
    const state = typeof replayed === 'string' ? replayed : issueTurnState(account, turn, backend.nextId('ts'));
    const steps = planSteps(generation.events, faults, (fault) => scriptedLimit(account, fault, backend).error);
    const cutFirst = faults.some((fault) => fault.kind === 'cut' && fault.at === 'before-headers');
    const preface = account.kind === 'chatgpt' && !cutFirst ? prefaceSteps(account, body, state) : [];
    const all: Step[] = cutFirst ? [{ do: 'cut', how: 'reset' }] : [...preface, ...steps];
    await play(all, sink, { timers: backend.timers, perEventMs: paceOf(faults) ?? perEventMs });
  };

  socket.on('message', (data, isBinary) => {
    const text = Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();
    const entry = record('ws-message', parse(text), Buffer.byteLength(text));
    const settle = (): void => {
      if (entry.outcome === 'pending') entry.outcome = gone.signal.aborted ? 'client-closed' : 'complete';
      entry.settledAt = backend.clock.now();
    };
    if (isBinary) return socket.close(1003, 'text frames only');
    const { body } = entry;
    const refused = !isObject(body) || body['type'] !== 'response.create';
    if (refused || busy) {
      const code = refused ? 'invalid_request' : 'response_already_in_progress';
      entry.status = 400;
      socket.send(
        JSON.stringify(errorFrame(400, { error: { type: 'invalid_request_error', code, message: code, param: null } })),
      );
      return settle();
    }
    busy = true;
    answer(body, entry)
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) return socket.close(1011, 'The simulator failed.');
        entry.status = error.status;
        socket.send(JSON.stringify(errorFrame(error.status, error.body, error.headers)));
      })
      .finally(() => {
        busy = false;
        settle();
      });
  });
}

function check(session: SocketSession, body: JsonObject, earlier: readonly JsonObject[]): readonly JsonObject[] {
  const lite = objectOr(body['client_metadata'])[liteField] === 'true';
  if (session.account.kind === 'chatgpt') {
    return checkCodexRequest({ account: session.account, body, earlier, transport: 'websocket', lite });
  }
  return checkOpenAiRequest(session.account, body, earlier, lite);
}

function earlierItems(message: JsonObject, known: ReadonlyMap<string, readonly JsonObject[]>): readonly JsonObject[] {
  const id = message['previous_response_id'];
  if (id === undefined || id === null) return [];
  const items = known.get(String(id));
  if (items !== undefined) return items;
  throw errorRefusal(
    400,
    'previous_response_not_found',
    'Previous response with id not found.',
    'previous_response_id',
  );
}

/** Faults that act before the first frame; those with a status become an error frame (PROTOCOL 4.4). */
async function playBeforeFrames(
  fault: Fault,
  session: SocketSession,
  backend: Backend,
  gone: AbortSignal,
): Promise<void> {
  if (fault.kind === 'silence' && fault.at === 'before-headers') await pause(backend.timers, fault.ms ?? null, gone);
  if (fault.kind === 'status') {
    const body = isObject(fault.body)
      ? fault.body
      : { error: { type: 'server_error', code: null, message: String(fault.body ?? '') } };
    throw new Refusal(fault.status, body, fault.headers);
  }
  if (fault.kind === 'usage-limit' && (fault.as === undefined || fault.as === 'status')) {
    const limit = scriptedLimit(session.account, fault, backend);
    throw new Refusal(429, { error: limit.error }, limit.headers);
  }
  if (fault.kind === 'redirect') throw detailRefusal(fault.status ?? 307, 'Redirect');
}

/** What the backend says before the output (capture 63). */
function prefaceSteps(account: SimulatedAccount, body: JsonObject, turnState: string): readonly Step[] {
  const events: readonly ResponseEvent[] = [
    { ...limitEvent(account), type: 'codex.rate_limits' },
    {
      type: 'codex.response.metadata',
      headers: { 'x-models-etag': codexCatalogue(account.models).etag, 'openai-model': body['model'] },
    },
    { type: 'response.metadata', headers: { 'x-codex-turn-state': turnState } },
  ];
  return events.map((event) => ({ do: 'event', event }));
}

function prewarmEvents(id: string, body: JsonObject, now: number): readonly ResponseEvent[] {
  const started = startedResponse(id, body, Math.floor(now / 1000));
  const usage = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
  return [
    { type: 'response.created', response: started, sequence_number: 0 },
    { type: 'response.completed', response: { ...started, status: 'completed', usage }, sequence_number: 1 },
  ];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
