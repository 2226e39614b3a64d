import type { IncomingMessage, ServerResponse } from 'node:http';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { clientText, recogniseClient } from '../clients/recognise.ts';
import type { EnteredCall, Estimate } from '../keys/key-gate.ts';
import { errorBody, errorHeaders, toRelayError } from '../protocol/error-body.ts';
import { admitCall, type Call, noOutcome } from './call.ts';
import { halfClosed } from './client-connection.ts';
import { identifyCaller } from './identify-caller.ts';
import { checkEndpoint } from './key-scope.ts';
import { newRecord } from './new-record.ts';
import { notServed } from './not-served.ts';
import type { GatewayPorts } from './ports.ts';
import { bodyLimits, readBody } from './read-body.ts';
import { refuseCall } from './refuse-call.ts';

/** Headers of an answer that are about the connection or the account and stay here. */
const kept = ['content-type', 'cache-control', 'openai-model', 'openai-processing-ms', 'content-disposition'];

/** Embeddings, images, audio, files, batches: passed to an API-key account as they are, where there is one. */
export function createPassthroughEndpoint(ports: GatewayPorts, path: string) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const beganAt = ports.clock.monotonic();
    const identity = await identifyCaller(request, ports.callers);
    checkEndpoint(identity, 'passthrough');
    const account = ports.passthrough.account(identity);
    if (account === null) throw notServed(path);
    if (request.method !== 'GET' && request.method !== 'POST') {
      throw new RelayError('method_not_allowed', { allow: ['GET', 'POST'] });
    }
    const body = request.method === 'POST' ? await readBody(request, bodyLimits(ports)) : null;
    const arrivedAt = ports.clock.monotonic();
    const client = recogniseClient(request.headers, 'passthrough').name;
    const record = newRecord({
      id: ports.newId(),
      endpoint: 'passthrough',
      startedAt: ports.clock.now(),
      identity,
      client,
      userAgent: clientText(request.headers['user-agent']),
      requestBytes: body?.length ?? 0,
    });
    record.modelAsked = path;
    record.accountId = account.id;
    record.accountLabel = account.label;
    const left = new AbortController();
    response.on('close', () => left.abort());
    // As for every call (client-connection): only a write tells a client that is gone from one that still reads.
    response.on(halfClosed, () => void (response.headersSent || response.writeProcessing()));
    ports.callers.used(identity, client, record.startedAt);
    const headers: Record<string, string> = { 'x-request-id': record.id, 'x-relay-account': account.label };
    let entered: EnteredCall;
    try {
      ports.pause.check();
      entered = await ports.gate.enter(
        identity,
        () => unknownEstimate,
        () => left.signal,
      );
    } catch (thrown) {
      const refusal = refuseCall(ports, { record, identity, arrivedAt, beganAt, left: left.signal }, thrown);
      return sendError(response, refusal.error, ports.clock.now(), { 'x-request-id': record.id, ...refusal.headers });
    }
    const call = admitCall(ports.calls, record, arrivedAt, beganAt, entered);
    await pipe(
      ports,
      call,
      account.id,
      { method: request.method, path, body, contentType: request.headers['content-type'] },
      response,
      { ...headers, ...entered.headers() },
    );
  };
}

/** Relay does not read what it passes through. */
const unknownEstimate: Estimate = { tokens: 0, amounts: { cost: null, spent: null, tokens: null } };

function sendError(response: ServerResponse, error: RelayError, now: number, headers: Record<string, string>): void {
  if (response.destroyed) return;
  response.writeHead(error.status, { 'content-type': 'application/json', ...errorHeaders(error), ...headers });
  response.end(JSON.stringify(errorBody(error, now)));
}

interface Piped {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: Buffer | null;
  readonly contentType: string | undefined;
}

async function pipe(
  ports: GatewayPorts,
  call: Call,
  accountId: string,
  piped: Piped,
  response: ServerResponse,
  own: Record<string, string>,
): Promise<void> {
  let status = 0;
  const settle = (outcome: 'ok' | 'error' | 'cancelled', error: RelayError | null): void =>
    call.settle({ ...noOutcome, status: outcome, httpStatus: status === 0 ? (error?.status ?? null) : status, error });
  const failed = (thrown: unknown): void => {
    const error = toRelayError(thrown);
    settle('error', error);
    if (response.headersSent) return void response.destroy();
    sendError(response, error, ports.clock.now(), own);
  };
  const sent = await ports.passthrough
    .send(
      accountId,
      {
        method: piped.method,
        path: piped.path,
        headers: piped.contentType === undefined ? {} : { 'content-type': piped.contentType },
        body: piped.body,
      },
      {
        head(given, headers) {
          status = given;
          const passed = kept.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : []));
          response.writeHead(given, { ...Object.fromEntries(passed), ...own });
        },
        data: (chunk) => response.write(chunk),
        end() {
          settle(status < 400 ? 'ok' : 'error', status < 400 ? null : new RelayError('upstream_error', { status }));
          response.end();
        },
        error: failed,
      },
    )
    .catch((thrown: unknown) => {
      failed(thrown);
      return null;
    });
  response.on('drain', () => sent?.resume());
  response.on('close', () => {
    if (response.writableFinished) return;
    sent?.cancel();
    settle('cancelled', null);
  });
}
