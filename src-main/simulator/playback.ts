import type { Timers } from '../../src-shared/domain/timers.ts';
import type { CutManner } from './fault.ts';
import type { ResponseEvent } from './response-events.ts';
import { pause } from './timers.ts';

/** One thing that happens on an answer's stream. */
export type Step =
  | { readonly do: 'event'; readonly event: ResponseEvent }
  /** Text that is not an event: SSE as it is, or a text frame. */
  | { readonly do: 'raw'; readonly text: string }
  | { readonly do: 'ping' }
  /** Null: until the client leaves. */
  | { readonly do: 'wait'; readonly ms: number | null }
  | { readonly do: 'flood'; readonly bytes: number }
  | { readonly do: 'cut'; readonly how: CutManner }
  | { readonly do: 'close'; readonly code: number; readonly reason: string };

/** Where steps are played: an HTTP response or a WebSocket. */
export interface EventSink {
  /** Aborts when the client left or the simulator stops. */
  readonly gone: AbortSignal;
  send(event: ResponseEvent): Promise<void>;
  raw(text: string): Promise<void>;
  ping(): void;
  /** Sends that many bytes of events whether the client is there or not. */
  flood(bytes: number): Promise<void>;
  cut(how: CutManner): Promise<void>;
  close(code: number, reason: string): void;
  end(): void;
}

export async function play(
  steps: readonly Step[],
  sink: EventSink,
  { timers, perEventMs }: { readonly timers: Timers; readonly perEventMs: number },
): Promise<void> {
  for (const step of steps) {
    if (sink.gone.aborted) return;
    switch (step.do) {
      case 'event':
        await pause(timers, perEventMs, sink.gone);
        if (sink.gone.aborted) return;
        await sink.send(step.event);
        break;
      case 'raw':
        await sink.raw(step.text);
        break;
      case 'ping':
        sink.ping();
        break;
      case 'wait':
        await pause(timers, step.ms, sink.gone);
        break;
      case 'flood':
        await sink.flood(step.bytes);
        break;
      case 'cut':
        return sink.cut(step.how);
      case 'close':
        return sink.close(step.code, step.reason);
    }
  }
  if (!sink.gone.aborted) sink.end();
}
