import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { clientText, recogniseClient } from '../clients/recognise.ts';
import { toRelayError } from '../protocol/error-body.ts';
import { admitCall } from './call.ts';
import { recallChain } from './continued-body.ts';
import { newRecord } from './new-record.ts';
import { planFor } from './plan-for.ts';
import type { CallerIdentity, GatewayPorts } from './ports.ts';
import { refuseCall } from './refuse-call.ts';
import { openBody } from './request-body.ts';
import { type ServedCall, serveCall } from './serve-call.ts';
import { createSocketAnswer, errorFrame, HIGH_WATER } from './socket-answer.ts';
import { socketCaller } from './socket-caller.ts';
import { createSocketChain, type SocketTurn } from './socket-chain.ts';
import { closeCodes } from './socket-close-codes.ts';
import { watchSocket } from './socket-watch.ts';

/** How many requests may wait behind the one that is answered; the Codex CLI sends none before it has its answer. */
const WAITING_REQUESTS = 16;

/** The life of one socket: one call at a time, in order (PROTOCOL 4.3). */
export function converse(
  ports: GatewayPorts,
  socket: WebSocket,
  request: IncomingMessage,
  opener: CallerIdentity,
): void {
  const chain = createSocketChain(ports.settings()['limits.jsonDepth'], (id, knownAt) =>
    recallChain(ports.kept, opener.id, id, knownAt),
  );
  const client = recogniseClient(request.headers, 'websocket');
  let served: ServedCall | null = null;
  let queue = Promise.resolve();
  let unanswered = 0;
  let warm = 0;
  const left = new AbortController();

  const tell = (error: RelayError, limits: Record<string, string> = {}): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify(errorFrame(error, ports.clock.now(), limits)));
  };

  const prewarm = (turn: SocketTurn): void => {
    warm += 1;
    const id = `resp_warm_${ports.newId()}_${warm}`;
    turn.close(id);
    const usage = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
    socket.send(
      JSON.stringify({ type: 'response.created', response: { id, object: 'response', status: 'in_progress' } }),
    );
    const response = { id, object: 'response', status: 'completed', output: [], usage };
    socket.send(JSON.stringify({ type: 'response.completed', response }));
  };

  const respond = async (turn: SocketTurn, frame: Buffer, identity: CallerIdentity): Promise<void> => {
    const beganAt = ports.clock.monotonic();
    const record = newRecord({
      id: ports.newId(),
      endpoint: 'websocket',
      startedAt: ports.clock.now(),
      identity,
      client: client.name,
      userAgent: clientText(request.headers['user-agent']),
      requestBytes: frame.length,
    });
    record.stream = true;
    ports.callers.used(identity, client.name, record.startedAt);
    const capture = ports.captures.of(identity, record, request.headers, frame);
    try {
      if (ports.active.draining()) throw new RelayError('shutting_down', { retryAfterMs: 1_000 });
      ports.pause.check();
      const body = await openBody(turn.body, ports.settings()['limits.jsonDepth']);
      const headers = { ...request.headers, ...turn.headers };
      const plan = planFor(ports, record, {
        shape: 'responses',
        body,
        continued: { previous: null, chain: null, knownAt: turn.knownAt },
        headers,
        nativeClient: client.native,
        key: identity,
        alwaysStream: true,
      });
      const entering = ports.gate.enter(
        identity,
        () => ports.estimates.of(record, plan.resolved.model, body, identity.maxOutputTokens),
        () => left.signal,
      );
      const entered = entering instanceof Promise ? await entering : entering;
      const call = admitCall(ports.calls, record, beganAt, beganAt, entered);
      let lastWriteAt = beganAt;
      await new Promise<void>((done) => {
        const running = serveCall(
          { ...ports, keepAliveMs: () => ports.settings()['timeouts.keepAliveMs'] },
          {
            call,
            plan,
            answer: createSocketAnswer({
              socket,
              clock: ports.clock,
              turn,
              quotaEvent: ports.pool.event,
              askedModel: plan.asked,
              tee: capture,
              onWrite: () => {
                lastWriteAt = ports.clock.monotonic();
              },
              onDrain: () => served?.resume(),
            }),
            lastWriteAt: () => lastWriteAt,
            onOpen: () => {},
            capture,
            cut: () => socket.terminate(),
            onOver: () => {
              ports.active.remove(record.id);
              served = null;
              done();
            },
          },
        );
        if (running.isOver()) return;
        served = running;
        ports.active.add(record.id, running);
        if (socket.readyState !== socket.OPEN) running.cancel('the client left');
      });
    } catch (thrown) {
      const refused = { record, identity, arrivedAt: beganAt, beganAt, left: left.signal };
      const { error, headers } = refuseCall(ports, refused, thrown);
      capture?.chunk(JSON.stringify(errorFrame(error, ports.clock.now(), headers)));
      tell(error, headers);
    } finally {
      capture?.end();
    }
  };

  const take = async (data: Buffer): Promise<void> => {
    // What waited for an answer that its client did not stay for is asked of nobody.
    if (left.signal.aborted) return;
    const turn = await chain.open(data);
    if (turn.prewarm) return prewarm(turn);
    // A socket stays open for hours: its key may be revoked or changed since.
    await respond(turn, data, await socketCaller(request, ports));
  };

  socket.on('message', (data: RawData, binary: boolean) => {
    if (socket.readyState !== socket.OPEN) return;
    if (binary) return socket.close(closeCodes.notText, 'text frames only');
    const frame = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
    if (frame.length > ports.settings()['limits.bodyBytes'])
      return socket.close(closeCodes.tooLarge, 'frame too large');
    if (unanswered > WAITING_REQUESTS) {
      // Whoever sends on without reading what is said to it would fill the memory with refusals.
      if (socket.bufferedAmount < HIGH_WATER) return tell(tooManyWaiting());
      gone('the client sent without reading');
      return socket.close(closeCodes.policy, 'too many requests wait');
    }
    unanswered += 1;
    queue = queue
      .then(() => take(frame))
      .catch((thrown: unknown) => tell(toRelayError(thrown)))
      .finally(() => {
        unanswered -= 1;
      });
  });
  const gone = (reason: string): void => {
    left.abort();
    served?.cancel(reason);
  };
  watchSocket({
    socket,
    connection: request.socket,
    settings: ports.settings,
    onStalled() {
      gone('client_stalled');
      socket.terminate();
    },
  });
  socket.on('close', () => gone('the client left'));
  // ws closes a socket that sent what is no frame by itself, with the code for it; ended at once, the client would not see that.
  socket.on('error', () => gone('the client left'));
}

const tooManyWaiting = (): RelayError =>
  new RelayError('rate_limit_exceeded', {
    message: `More than ${WAITING_REQUESTS} requests wait on this WebSocket. Send the next one when an answer has ended.`,
  });
