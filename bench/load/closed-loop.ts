import { connect } from 'node:net';
import { monotonicMicros } from '../wire/monotonic.ts';
import type { ClosedLoopJob, ClosedLoopResult, Watched } from './job.ts';
import { createSamples } from './percentiles.ts';
import { requestBytes } from './request-bytes.ts';
import { createResponseReader } from './response-reader.ts';
import { createUsageMeter } from './usage-meter.ts';

/** Calls made before the clock starts, so that connections are open and pools filled. */
const SETTLING_MS = 150;
/** Longest wait for the last answers; what is still out then is an error. */
const ENDING_MS = 5_000;

export function runClosedLoop(job: ClosedLoopJob, watched: Watched): Promise<ClosedLoopResult> {
  const request = requestBytes(job.to, job.body);
  const meter = createUsageMeter(watched);
  const firstTokens = createSamples();
  const calls = createSamples();
  let errors = 0;
  let measuring = false;
  let stopped = false;
  let open = 0;
  let firstError: Error | null = null;
  let finished: () => void = () => {};
  const late = new AbortController();

  const runClient = (): void => {
    let sentAt = 0;
    let marks = 0;
    let firstTokenAt = 0;
    const reader = createResponseReader(() => {
      if (marks++ === 0) firstTokenAt = monotonicMicros();
    });
    const socket = connect({ port: job.to.port, host: '127.0.0.1', noDelay: true });

    const send = (): void => {
      marks = 0;
      reader.reset();
      sentAt = monotonicMicros();
      socket.write(request);
    };
    const fail = (error: Error): void => {
      if (socket.destroyed) return;
      firstError ??= error;
      errors++;
      socket.destroy();
    };

    const onLate = (): void => fail(new Error(`no answer within ${ENDING_MS} ms after the last request`));
    open++;
    late.signal.addEventListener('abort', onLate);
    socket.on('connect', send);
    socket.on('data', (bytes) => {
      try {
        if (!reader.push(bytes)) return;
      } catch (error) {
        return fail(error instanceof Error ? error : new Error(String(error)));
      }
      if (marks !== job.marks) return fail(new Error(`an answer with ${marks} marks instead of ${job.marks}`));
      if (measuring) {
        calls.add(monotonicMicros() - sentAt);
        if (marks > 0) firstTokens.add(firstTokenAt - sentAt);
      }
      if (stopped) socket.destroy();
      else send();
    });
    socket.on('end', () => fail(new Error('the target closed a connection in the middle of a call')));
    socket.on('error', fail);
    socket.on('close', () => {
      open--;
      late.signal.removeEventListener('abort', onLate);
      if (!stopped && errors < job.clients * 4) runClient();
      else if (open === 0) finished();
    });
  };

  return new Promise((resolve, reject) => {
    for (let i = 0; i < job.clients; i++) runClient();
    let startedAt = 0;
    setTimeout(() => {
      measuring = true;
      meter.start();
      startedAt = monotonicMicros();
    }, SETTLING_MS);
    setTimeout(() => {
      const seconds = (monotonicMicros() - startedAt) / 1e6;
      const usage = meter.stop();
      measuring = false;
      stopped = true;
      const limit = setTimeout(() => late.abort(), ENDING_MS);
      finished = () => {
        clearTimeout(limit);
        const callMicros = calls.percentiles();
        if (callMicros === null) return reject(firstError ?? new Error('no call came to its end'));
        const firstTokenMicros = firstTokens.percentiles();
        resolve({ calls: calls.count, errors, seconds, firstTokenMicros, callMicros, usage });
      };
      if (open === 0) finished();
    }, SETTLING_MS + job.durationMs);
  });
}
