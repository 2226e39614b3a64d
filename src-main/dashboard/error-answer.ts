import type { ErrorRequestHandler, Response } from 'express';
import { z } from 'zod';
import type { ErrorBody } from '../../src-shared/contract/error.ts';
import { type ErrorCode, RelayError } from '../../src-shared/domain/relay-error.ts';
import type { DashboardPorts } from './ports.ts';

/** The last stop of every failure under the dashboard: one OpenAI-shaped body, and a log line when the fault is Relay's. */
export function answerErrors(log: DashboardPorts['log']): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = toRelayError(thrown);
    if (error.code === 'internal_error') {
      log.error({ err: thrown, requestId: response.getHeader('x-request-id'), path: request.path }, 'dashboard failed');
    }
    if (response.headersSent) return next(thrown);
    sendError(response, error);
  };
}

function sendError(response: Response, error: RelayError): void {
  if (error.status === 401) response.setHeader('www-authenticate', 'Bearer');
  // FAULTS 2.0: what is left of such a request is not worth reading.
  if (error.status === 413 || error.status === 415) response.setHeader('connection', 'close');
  if (error.retryAfterMs !== null) response.setHeader('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
  const body: ErrorBody = {
    error: { message: error.message, type: error.type, param: error.param, code: error.upstreamCode ?? error.code },
  };
  response.status(error.status).json(body);
}

function toRelayError(thrown: unknown): RelayError {
  if (thrown instanceof RelayError) return thrown;
  const code = parserFailures.get(failureShape.safeParse(thrown).data?.type ?? '');
  if (code !== undefined) return new RelayError(code, { cause: thrown });
  if (thrown instanceof URIError) return new RelayError('invalid_value', { message: 'The path is not valid UTF-8.' });
  return new RelayError('internal_error', { cause: thrown });
}

const failureShape = z.object({ type: z.string() });

/** What express's body parser throws, by its `type`. */
const parserFailures = new Map<string, ErrorCode>([
  ['entity.too.large', 'body_too_large'],
  ['entity.parse.failed', 'invalid_json'],
  ['encoding.unsupported', 'unsupported_encoding'],
  ['charset.unsupported', 'unsupported_media_type'],
  ['request.aborted', 'request_timeout'],
  ['request.size.invalid', 'invalid_json'],
]);
