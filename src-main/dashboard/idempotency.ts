import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/**
 * How long an answer is kept. Long enough for a client that tries again, and short, because the answers of POST /api/keys hold
 * secrets that are shown once: they stay in memory, are never written anywhere, and a restart forgets them.
 */
const KEPT_MS = 10 * 60_000;
const MAX_KEPT = 500;
const MAX_NAME = 255;

interface Kept {
  readonly body: string;
  readonly at: number;
  /** `null` while the first request runs. */
  answer: { readonly status: number; readonly value: unknown } | null;
}

/**
 * A repeat of a POST with the same `Idempotency-Key` and body gets the first one's answer and does nothing more (FAULTS 1.1, C-22).
 * Only what succeeded is kept. Throws `conflict` while the first is under way, `invalid_value` for another body.
 */
export function createIdempotency(clock: Pick<Clock, 'monotonic'>): RequestHandler {
  const kept = new Map<string, Kept>();

  const forget = (): void => {
    const oldest = clock.monotonic() - KEPT_MS;
    for (const [name, { at }] of kept) {
      if (at > oldest && kept.size <= MAX_KEPT) return;
      kept.delete(name);
    }
  };

  return (request, response, next) => {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') return next();
    if (key === '' || key.length > MAX_NAME) {
      throw new RelayError('invalid_value', { message: `An Idempotency-Key has 1 to ${MAX_NAME} characters.` });
    }
    forget();
    const name = `${request.baseUrl}${request.path} ${key}`;
    const body = createHash('sha256')
      .update(JSON.stringify(request.body ?? null))
      .digest('base64');
    const before = kept.get(name);
    if (before !== undefined && before.body !== body) {
      throw new RelayError('invalid_value', {
        message: 'This Idempotency-Key came with another body before. Use a new one for a new request.',
      });
    }
    if (before !== undefined && before.answer === null) {
      throw new RelayError('conflict', { message: 'The first request with this Idempotency-Key is still under way.' });
    }
    if (before?.answer != null) {
      response.setHeader('idempotency-replayed', 'true');
      response.status(before.answer.status).json(before.answer.value);
      return;
    }
    const entry: Kept = { body, at: clock.monotonic(), answer: null };
    kept.set(name, entry);
    // A client that left meanwhile changes nothing: what was done for it is not to be done again.
    const send = response.json.bind(response);
    response.json = (value: unknown) => {
      if (response.statusCode < 300) entry.answer = { status: response.statusCode, value };
      else kept.delete(name);
      return send(value);
    };
    next();
  };
}
