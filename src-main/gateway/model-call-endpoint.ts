import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { clientText, type RecognisedClient, recogniseClient } from '../clients/recognise.ts';
import type { EnteredCall } from '../keys/key-gate.ts';
import { responseToChatCompletion } from '../protocol/chat-completion.ts';
import { toRelayError } from '../protocol/error-body.ts';
import { asText } from '../protocol/json-object.ts';
import { identifyCaller } from './admission.ts';
import type { Answer } from './answer.ts';
import { checkMediaType, readBody } from './body.ts';
import { admitCall } from './call.ts';
import type { CallCapture } from './call-capture.ts';
import { type CallHead, createCallHead } from './call-head.ts';
import type { CallPlan } from './call-plan.ts';
import { createChatStreamAnswer } from './chat-stream-answer.ts';
import { type ClientConnection, createClientConnection } from './client-connection.ts';
import { compactionBody, compactionOf } from './compaction.ts';
import { asItIs, continueBody } from './continued-body.ts';
import { checkEndpoint } from './key-scope.ts';
import { newRecord } from './new-record.ts';
import { planFor } from './plan-for.ts';
import type { CallerIdentity, GatewayPorts } from './ports.ts';
import { refuseCall } from './refuse-call.ts';
import { openBody } from './request-body.ts';
import { keepingOf, type ResponseKeeping } from './response-keeping.ts';
import { createResponsesStreamAnswer } from './responses-stream-answer.ts';
import { type ServedCall, serveCall } from './serve-call.ts';
import { createWholeAnswer } from './whole-answer.ts';

/** `compact` is a Responses call that is answered with its compaction item alone. */
export type Shape = 'responses' | 'chat' | 'compact';

/** POST /v1/responses and POST /v1/chat/completions: admit, plan, attempt, stream, settle. */
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
      codex: client.kind === 'codex',
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
      checkEndpoint(identity, shape === 'chat' ? 'chat' : 'responses');
      checkMediaType(request);
      const settings = ports.settings();
      const limits = { bytes: settings['limits.bodyBytes'], timeoutMs: settings['timeouts.clientBodyMs'] };
      const bytes = await readBody(request, limits);
      if (gone) return;
      const arrivedAt = ports.clock.monotonic();
      const record = newRecord({
        id: head.id,
        endpoint: shape,
        startedAt: ports.clock.now() - Math.round(arrivedAt - beganAt),
        identity,
        client: client.name,
        userAgent: clientText(request.headers['user-agent']),
        requestBytes: bytes.length,
      });
      ports.callers.used(identity, client.name, record.startedAt);
      const capture = ports.captures.of(identity, record, request.headers, bytes);
      connection.tee = capture;
      served = await serve(ports, {
        request,
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
  try {
    if (ports.active.draining) throw new RelayError('shutting_down', { retryAfterMs: 1_000 });
    ports.pause.check();
    const maxDepth = ports.settings()['limits.jsonDepth'];
    const given = await openBody(received.bytes, maxDepth);
    const continued = shape === 'chat' ? asItIs(given) : await continueBody(ports.kept, identity.id, given, maxDepth);
    const body = shape === 'compact' ? await openBody(compactionBody(continued.body), maxDepth) : continued.body;
    plan = planFor(ports, record, {
      shape: shape === 'chat' ? 'chat' : 'responses',
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
  const answer = answerFor(ports, plan, { ...received, keeping });
  const served = serveCall(
    { ...ports, keepAliveMs: () => ports.settings()['timeouts.keepAliveMs'] },
    {
      call,
      plan,
      answer,
      lastWriteAt: () => connection.lastWriteAt,
      onOpen: (report) => head.opened(report, plan, arrivedAt),
      onOver: () => ports.active.remove(call),
      capture: received.capture,
      responseId: (account) => asText(keeping?.changed(account)?.['id']),
    },
  );
  if (!served.over) ports.active.add(call, served);
  return served;
}

function answerFor(
  ports: GatewayPorts,
  plan: CallPlan,
  { client, head, connection, record, shape, keeping }: Received & { readonly keeping: ResponseKeeping | null },
): Answer {
  const { clock } = ports;
  const createdAt = record.startedAt;
  if (shape === 'compact' || !plan.stream) {
    const seconds = Math.floor(createdAt / 1_000);
    return createWholeAnswer({
      connection,
      fallback: { created_at: seconds, model: plan.asked },
      render(response, account) {
        if (shape === 'compact') return JSON.stringify(compactionOf(response));
        if (shape === 'chat')
          return JSON.stringify(responseToChatCompletion(response, chatContext(plan, head.id, seconds)));
        const changes = account === null ? null : keeping?.changed(account);
        const whole = { ...response, ...keeping?.kept, ...changes, model: plan.asked };
        const json = JSON.stringify(whole);
        if (account !== null) keeping?.keep(whole, json, account);
        return json;
      },
    });
  }
  if (plan.shape === 'chat') return createChatStreamAnswer({ connection, clock, callId: head.id, createdAt, plan });
  return createResponsesStreamAnswer({
    connection,
    clock,
    echoModel: plan.asked === plan.resolved.model ? null : plan.asked,
    keeping,
    fillOutput: !plan.native,
    keepAlive: client.keepAlive,
    passHeaders: (headers) => head.codexHeaders(headers, plan.native ? ports.pool.headers() : {}, plan.asked),
  });
}

const chatContext = (plan: CallPlan, callId: string, createdAt: number) => ({
  id: `chatcmpl-${callId}`,
  model: plan.asked,
  createdAt,
  stop: [...plan.stop],
  toolNames: plan.chat?.toolNames ?? new Map<string, string>(),
  legacyFunctions: plan.chat?.legacyFunctions ?? false,
});
