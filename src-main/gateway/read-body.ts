import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { toRelayError } from '../protocol/error-body.ts';
import type { BodyRoom } from './body-room.ts';

export interface BodyLimits {
  /** Before and after inflation. */
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly room: BodyRoom;
}

/** What a request's body may be now. */
export function bodyLimits({ settings, bodies }: { settings: () => Settings; bodies: BodyRoom }): BodyLimits {
  const { 'limits.bodyBytes': bytes, 'timeouts.clientBodyMs': timeoutMs } = settings();
  return { bytes, timeoutMs, room: bodies };
}

type Inflate = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** Inflation runs in the thread pool, so a large body stops no stream. */
const inflaters: Readonly<Record<string, Inflate>> = {
  zstd: promisify(zlib.zstdDecompress) as Inflate,
  gzip: promisify(zlib.gunzip) as Inflate,
  'x-gzip': promisify(zlib.gunzip) as Inflate,
  deflate: promisify(zlib.inflate) as Inflate,
  br: promisify(zlib.brotliDecompress) as Inflate,
};

/** The whole body, inflated. Throws `body_too_large`, `unsupported_encoding`, `request_timeout`, `too_many_calls` or `invalid_value`. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const inflate = inflaterOf(request);
  if (Number(request.headers['content-length'] ?? 0) > limits.bytes) throw tooLarge(limits.bytes);
  const chunks = await collect(request, limits);
  const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (inflate === null || body.length === 0) return body;
  try {
    return await inflate(body, { maxOutputLength: limits.bytes });
  } catch (error) {
    if (error instanceof RangeError || (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(limits.bytes);
    }
    throw new RelayError('invalid_value', {
      message: `The body is not valid ${request.headers['content-encoding']} data.`,
      cause: error,
    });
  }
}

function inflaterOf(request: IncomingMessage): Inflate | null {
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'identity' || coding === '') return null;
  const inflate = Object.hasOwn(inflaters, coding) ? inflaters[coding] : undefined;
  if (inflate === undefined) throw new RelayError('unsupported_encoding');
  return inflate;
}

function collect(request: IncomingMessage, limits: BodyLimits): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const share = limits.room.enter();
    const announced = Number(request.headers['content-length'] ?? Number.NaN);
    let bytes = 0;
    const stop = (error: RelayError | null): void => {
      clearTimeout(timer);
      share.leave();
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (error === null) return resolve(chunks);
      request.resume();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limits.bytes) return stop(tooLarge(limits.bytes));
      // What is whole waits for nobody, and is let in however many others are not.
      if (bytes !== announced) {
        try {
          share.hold(chunk.length);
        } catch (error) {
          return stop(toRelayError(error));
        }
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => stop(null);
    const onClose = (): void =>
      stop(new RelayError('request_timeout', { message: 'The client left before its request was whole.' }));
    const timer = setTimeout(() => stop(new RelayError('request_timeout')), limits.timeoutMs);
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** What a client reads whose body is over the limit (bytes). */
export const tooLarge = (limit: number): RelayError =>
  new RelayError('body_too_large', { message: `The request body is larger than ${limit} bytes (limits.bodyBytes).` });

/** JSON, or what curl sends when it is not told otherwise: a page cannot send that with an Authorization header either. */
export function checkMediaType(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]!.trim().toLowerCase();
  if (type === 'application/json' || type.endsWith('+json') || type === 'application/x-www-form-urlencoded') return;
  throw new RelayError('unsupported_media_type');
}
