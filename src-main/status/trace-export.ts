import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import { callTrace } from './call-trace.ts';

export interface TraceExportPorts {
  /** Where OTLP over HTTP is taken, without /v1/traces; '' for no export. */
  readonly url: () => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly hostOf: (accountId: string) => string | null;
  readonly version: string;
  readonly timers: Timers;
  /** Told at most once for each row of failures. */
  readonly failed: (error: unknown, dropped: number) => void;
}

export interface TraceExport {
  /** Told of every call whenever its record changes; keeps a reference and returns. */
  noted(call: CallRecord): void;
  /** Calls whose spans were given up, since the start. */
  readonly dropped: number;
  /** Sends what is left, for at most two seconds. */
  stop(): Promise<void>;
}

/** Calls that wait to be sent; what comes beyond is dropped and counted. */
const MAX_WAITING = 2_048;
const BATCH = 256;
const EVERY_MS = 2_000;
const PATIENCE_MS = 10_000;
const LAST_MS = 2_000;
const MAX_TRIES = 3;

/**
 * Sends settled calls as spans, a batch at a time and never on a call's way. By hand: all there is to do is one JSON of what the
 * ledger has anyway, for which OpenTelemetry's SDK with its exporter would bring a context, samplers and batching of its own.
 */
export function createTraceExport(ports: TraceExportPorts): TraceExport {
  let waiting: CallRecord[] = [];
  let dropped = 0;
  let tries = 0;
  let cancelTimer: (() => void) | null = null;
  let sending: Promise<void> | null = null;
  let silent = false;
  /** Ends what is under way, which may take longer than a stop has time for. */
  const ending = new AbortController();

  const later = (): void => {
    cancelTimer ??= ports.timers.set(EVERY_MS, () => {
      cancelTimer = null;
      void flush(PATIENCE_MS);
    });
  };

  const gaveUp = (error: unknown, calls: number): void => {
    dropped += calls;
    if (!silent) ports.failed(error, dropped);
    silent = true;
  };

  const send = async (calls: readonly CallRecord[], patienceMs: number): Promise<void> => {
    const url = `${ports
      .url()
      .replace(/\/+$/, '')
      .replace(/\/v1\/traces$/, '')}/v1/traces`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...ports.headers, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(calls)),
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(patienceMs), ...(patienceMs === LAST_MS ? [] : [ending.signal])]),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`The receiver of spans answered ${response.status}.`);
  };

  const flushOnce = async (patienceMs: number): Promise<void> => {
    const batch = waiting.slice(0, BATCH);
    if (batch.length === 0 || ports.url() === '') return;
    try {
      await send(batch, patienceMs);
      waiting = waiting.slice(batch.length);
      tries = 0;
      silent = false;
    } catch (error) {
      tries += 1;
      if (tries < MAX_TRIES) return;
      tries = 0;
      waiting = waiting.slice(batch.length);
      gaveUp(error, batch.length);
    }
  };
  const flush = (patienceMs: number): Promise<void> => {
    sending ??= flushOnce(patienceMs).finally(() => {
      sending = null;
      if (waiting.length > 0) later();
    });
    return sending;
  };

  const bodyOf = (calls: readonly CallRecord[]) => ({
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'relay' } },
            { key: 'service.version', value: { stringValue: ports.version } },
          ],
        },
        scopeSpans: [
          {
            scope: { name: 'relay', version: ports.version },
            spans: calls.flatMap((call) => callTrace(call, ports.hostOf)),
          },
        ],
      },
    ],
  });

  return {
    noted(call) {
      if (call.status === 'inflight' || ports.url() === '') return;
      if (waiting.length >= MAX_WAITING) return gaveUp(new Error('Too many spans wait to be sent.'), 1);
      waiting.push({ ...call });
      later();
    },
    get dropped() {
      return dropped;
    },
    async stop() {
      cancelTimer?.();
      cancelTimer = () => undefined;
      ending.abort();
      await sending;
      await flushOnce(LAST_MS);
    },
  };
}
