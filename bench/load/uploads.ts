import { connect } from 'node:net';
import { monotonicMicros } from '../wire/monotonic.ts';
import type { UploadsJob, UploadsResult } from './job.ts';
import { createSamples } from './percentiles.ts';
import { requestBytes } from './request-bytes.ts';
import { createResponseReader } from './response-reader.ts';

const ANSWER_MS = 10_000;

export async function runUploads(job: UploadsJob): Promise<UploadsResult> {
  const request = requestBytes(job.to, job.body);
  const samples = createSamples();
  let errors = 0;
  let lastError: unknown;

  const upload = async (): Promise<void> => {
    const sentAt = monotonicMicros();
    try {
      await sendOnce(job.to.port, request, job.marks);
      samples.add(monotonicMicros() - sentAt);
    } catch (error) {
      errors++;
      lastError = error;
    }
  };

  const running: Promise<void>[] = [];
  const total = Math.round((job.perSecond * job.durationMs) / 1000);
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      running.push(upload());
      if (running.length < total) return;
      clearInterval(timer);
      resolve();
    }, 1000 / job.perSecond);
  });
  await Promise.all(running);
  const callMicros = samples.percentiles();
  if (callMicros === null) throw lastError;
  return { calls: samples.count, errors, callMicros };
}

function sendOnce(port: number, request: Buffer, wanted: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let marks = 0;
    const reader = createResponseReader(() => {
      marks++;
    });
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(request));
    socket.on('data', (bytes) => {
      try {
        if (!reader.push(bytes)) return;
        if (marks === wanted) resolve();
        else reject(new Error(`an answer with ${marks} marks instead of ${wanted}`));
      } catch (error) {
        reject(error);
      }
      socket.destroy();
    });
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the target closed the connection before its answer was whole')));
  });
}
