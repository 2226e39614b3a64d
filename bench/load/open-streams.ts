import { connect } from 'node:net';
import { monotonicMicros } from '../wire/monotonic.ts';
import { orderText } from '../wire/order.ts';
import { bodyWith, type OpenStreamsJob, type OpenStreamsResult, type Watched } from './job.ts';
import { createSamples } from './percentiles.ts';
import { requestBytes } from './request-bytes.ts';
import { createResponseReader } from './response-reader.ts';
import { createUsageMeter } from './usage-meter.ts';

/** Between the last stream's opening and the first measured event. */
const SETTLING_MS = 300;
/** Longest wait for streams to come to their end after the measured time; what is open then is cut. */
const ENDING_MS = 2_000;
const STALLED_INTERVALS = 10;

export function runOpenStreams(job: OpenStreamsJob, watched: Watched): Promise<OpenStreamsResult> {
  const meter = createUsageMeter(watched);
  const firstTokens = createSamples();
  const delays = createSamples();
  const lastEventAt = new Float64Array(job.streams);
  const begunAt = performance.now();
  const measureFromMs = job.openingMs + SETTLING_MS;
  const lastsMs = measureFromMs + job.measureMs;
  let measuring = false;
  let ending = false;
  let errors = 0;
  let open = 0;
  let firstError: Error | null = null;
  let onAllClosed: () => void = () => {};
  const cutting = new AbortController();

  const openStream = (index: number): void => {
    const deltas = Math.ceil((lastsMs - (performance.now() - begunAt)) / job.intervalMs) + 1;
    const order = orderText({ kind: 'paced', intervalMs: job.intervalMs, deltas });
    const request = requestBytes(job.to, bodyWith(job.bodyAround, order));
    let sentAt = 0;
    let seen = 0;
    const reader = createResponseReader((writtenAt) => {
      const now = monotonicMicros();
      if (seen++ === 0) firstTokens.add(now - sentAt);
      if (measuring) delays.add(now - writtenAt);
      lastEventAt[index] = now;
    });
    const socket = connect({ port: job.to.port, host: '127.0.0.1', noDelay: true });
    const fail = (error: Error): void => {
      if (socket.destroyed) return;
      firstError ??= error;
      errors++;
      socket.destroy();
    };
    open++;
    cutting.signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.on('connect', () => {
      sentAt = monotonicMicros();
      socket.write(request);
    });
    socket.on('data', (bytes) => {
      try {
        if (!reader.push(bytes)) return;
      } catch (error) {
        return fail(error instanceof Error ? error : new Error(String(error)));
      }
      if (seen < deltas) fail(new Error(`a stream that ended after ${seen} of ${deltas} events`));
      else socket.destroy();
    });
    socket.on('end', () => fail(new Error('the target closed a stream before its end')));
    socket.on('error', fail);
    socket.on('close', () => {
      open--;
      if (ending && open === 0) onAllClosed();
    });
  };

  return new Promise((resolve, reject) => {
    let opened = 0;
    const opener = setInterval(() => {
      const due = Math.min(job.streams, Math.ceil(((performance.now() - begunAt) / job.openingMs) * job.streams));
      while (opened < due) openStream(opened++);
      if (opened === job.streams) clearInterval(opener);
    }, 1);
    let startedAt = 0;
    const sampler = setInterval(meter.sample, 500);
    setTimeout(() => {
      measuring = true;
      meter.start();
      startedAt = monotonicMicros();
    }, measureFromMs);
    setTimeout(() => {
      const now = monotonicMicros();
      const seconds = (now - startedAt) / 1e6;
      const usage = meter.stop();
      clearInterval(sampler);
      measuring = false;
      ending = true;
      const stalledMicros = Math.max(1_000, STALLED_INTERVALS * job.intervalMs) * 1_000;
      const stalled = lastEventAt.filter((at) => now - at > stalledMicros).length;
      const cutter = setTimeout(() => cutting.abort(), ENDING_MS);
      onAllClosed = () => {
        clearTimeout(cutter);
        const firstTokenMicros = firstTokens.percentiles();
        const eventDelayMicros = delays.percentiles();
        if (firstTokenMicros === null || eventDelayMicros === null) {
          return reject(firstError ?? new Error('no event came'));
        }
        resolve({ events: delays.count, seconds, errors, stalled, firstTokenMicros, eventDelayMicros, usage });
      };
      if (open === 0) onAllClosed();
    }, lastsMs);
  });
}
