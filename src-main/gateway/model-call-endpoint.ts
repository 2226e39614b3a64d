import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { clientText, type RecognisedClient, recogniseClient } from '../clients/recognise.ts';
import type { EnteredCall } from '../keys/key-gate.ts';
import { toRelayError } from '../protocol/error-body.ts';
import { asText } from '../protocol/json-object.ts';
import { ollamaToChat } from '../protocol/ollama/ollama-request.ts';
import { admitCall } from './call.ts';
import { answerFor } from './call-answer.ts';
import type { CallCapture } from './call-capture.ts';
import { type CallHead, createCallHead } from './call-head.ts';
import type { CallPlan } from './call-plan.ts';
import { errorBodyFor, protocolOf, type Shape } from './call-shape.ts';
import { type ClientConnection, createClientConnection } from './client-connection.ts';
import { compactionBody } from './compaction.ts';
import { asItIs, continueBody } from './continued-body.ts';
import { identifyCaller } from './identify-caller.ts';
import { checkEndpoint } from './key-scope.ts';
import { newRecord } from './new-record.ts';
import { answerLoad } from './ollama/load-request.ts';
import { planFor } from './plan-for.ts';
import type { CallerIdentity, GatewayPorts } from './ports.ts';
import { bodyLimits, checkMediaType, readBody } from './read-body.ts';
import { refuseCall } from './refuse-call.ts';
import { openBody } from './request-body.ts';
import { keepingOf, type ResponseKeeping } from './response-keeping.ts';
import { type ServedCall, serveCall } from './serve-call.ts';

/** POST /v1/responses, /v1/chat/completions and Ollama's /api/chat: admit, plan, attempt, stream, settle. */
export function createModelCallEndpoint(ports: GatewayPorts, shape: Shape) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const beganAt = ports.clock.monotonic();
    const client = recogniseClient(request.headers, shape);
    const head = createCallHead(ports.newId());
    let served: ServedCall | null = null;
    let gone = false;
    const left = new AbortController();
    const connection = createClientConnection({
      response,
      clock: ports.clock,
      drainMs: ports.settings()['timeouts.clientDrainMs'],
      errorBody: errorBodyFor(shape, client.kind === 'codex'),
      ...(shape === 'ollama' ? { filler: '\n' } : {}),
      headers: head.headers,
      onGone(stalled) {
        gone = true;
        left.abort();
        served?.cancel(stalled ? 'client_stalled' : 'the client left');
      },
      onDrain: () => served?.resume(),
    });
    try {
      const identity = await identifyCaller(request, ports.callers);
      const record = newRecord({
        id: head.id,
        endpoint: shape,
        startedAt: ports.clock.now() - Math.round(ports.clock.monotonic() - beganAt),
        identity,
        client: client.name,
        userAgent: clientText(request.headers['user-agent']),
        requestBytes: 0,
      });
      let bytes: Buffer;
      try {
        checkEndpoint(identity, protocolOf(shape));
        checkMediaType(request);
        bytes = await readBody(request, bodyLimits(ports));
      } catch (thrown) {
        const arrivedAt = ports.clock.monotonic();
        const refusal = refuseCall(ports, { record, identity, arrivedAt, beganAt, left: left.signal }, thrown);
        connection.error(refusal.error);
        return;
      }
      if (gone) return;
      if (shape === 'ollama' && answerLoad(ports, identity, bytes, connection)) return;
      const arrivedAt = ports.clock.monotonic();
      record.requestBytes = bytes.length;
      ports.callers.used(identity, client.name, record.startedAt);
      const capture = ports.captures.of(identity, record, request.headers, bytes);
      connection.tee = capture;
      served = await serve(ports, {
        request,
        response,
        shape,
        identity,
        client,
        head,
        connection,
        record,
        bytes,
        capture,
        arrivedAt,
        beganAt,
        left: left.signal,
      });
      if (gone) served?.cancel('the client left');
    } catch (thrown) {
      const error = toRelayError(thrown);
      if (error.code === 'internal_error')
        ports.log.error({ err: thrown, call: head.id }, 'A request failed inside Relay');
      connection.error(error);
    }
  };
}

interface Received {
  readonly response: ServerResponse;
  readonly request: IncomingMessage;
  readonly shape: Shape;
  readonly identity: CallerIdentity;
  readonly client: RecognisedClient;
  readonly head: CallHead;
  readonly connection: ClientConnection;
  readonly record: CallRecord;
  readonly bytes: Buffer;
  readonly capture: CallCapture | null;
  readonly arrivedAt: number;
  readonly beganAt: number;
  /** Aborts when the client is gone. */
  readonly left: AbortSignal;
}

/** From the whole request to the running call; `null` when it was refused, which is written down and answered here. */
async function serve(ports: GatewayPorts, received: Received): Promise<ServedCall | null> {
  const { request, shape, identity, client, head, connection, record, arrivedAt, beganAt } = received;
  let plan: CallPlan;
  let entered: EnteredCall;
  let keeping: ResponseKeeping | null = null;
  let showsThinking = false;
  try {
    if (ports.active.draining()) throw new RelayError('shutting_down', { retryAfterMs: 1_000 });
    ports.pause.check();
    const maxDepth = ports.settings()['limits.jsonDepth'];
    const given = await openBody(received.bytes, maxDepth);
    const asked = shape === 'ollama' ? ollamaToChat(given.parsed()) : null;
    showsThinking = asked?.showsThinking ?? false;
    const chat = asked === null ? given : await openBody(Buffer.from(JSON.stringify(asked.chat)), maxDepth);
    const continued =
      protocolOf(shape) === 'chat' ? asItIs(chat) : await continueBody(ports.kept, identity.id, given, maxDepth);
    const body = shape === 'compact' ? await openBody(compactionBody(continued.body), maxDepth) : continued.body;
    plan = planFor(ports, record, {
      shape: protocolOf(shape),
      body,
      continued,
      headers: request.headers,
      nativeClient: client.native,
      key: identity,
    });
    const entering = ports.gate.enter(
      identity,
      () => ports.estimates.of(record, plan.resolved.model, body, identity.maxOutputTokens),
      () => received.left,
    );
    entered = entering instanceof Promise ? await entering : entering;
    if (shape === 'responses') {
      keeping = keepingOf({ kept: ports.kept, now: ports.clock.now }, identity.id, head.id, plan, given, continued);
    }
  } catch (thrown) {
    const refusal = refuseCall(ports, received, thrown);
    head.limited(refusal.headers);
    connection.error(refusal.error);
    return null;
  }
  head.limited(entered.headers());
  const call = admitCall(ports.calls, record, arrivedAt, beganAt, entered);
  const answer = answerFor(ports, plan, { ...received, keeping, showsThinking });
  const served = serveCall(
    { ...ports, keepAliveMs: () => ports.settings()['timeouts.keepAliveMs'] },
    {
      call,
      plan,
      answer,
      lastWriteAt: () => connection.lastWriteAt,
      onOpen: (report) => head.opened(report, plan, arrivedAt),
      onOver: () => ports.active.remove(record.id),
      cut: () => received.response.destroy(),
      capture: received.capture,
      responseId: (account) => asText(keeping?.changed(account)?.['id']),
    },
  );
  if (!served.isOver()) ports.active.add(record.id, served);
  return served;
}
