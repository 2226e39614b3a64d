import { createParser } from 'eventsource-parser';
import { type ApiError, readRefusal } from './client.ts';

interface LiveState {
  readonly state: 'connecting' | 'live' | 'lost' | 'signed-out';
  /** When Relay was last heard of, in milliseconds since the epoch. */
  readonly heardAt: number | null;
}

interface LiveHandlers {
  onEvent(name: string, data: string): void;
  /** After each piece of the stream, which may have held many events. */
  onBatch(): void;
}

/** Two missed heartbeats: the machine slept, or the other side is gone without a word. */
const silenceMs = 35_000;
const retryMs = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Holds /api/events open and takes it up again after the last event that was seen. Not an EventSource: that one hides
 * the status of a refusal, and cannot tell a session's end from a lost connection.
 */
export function createLiveConnection(handlers: LiveHandlers) {
  let current: LiveState = { state: 'connecting', heardAt: null };
  let lastEventId: string | null = null;
  let failures = 0;
  let abort: AbortController | null = null;
  let timer: number | undefined;
  const listeners = new Set<() => void>();

  function publish(state: LiveState['state'], heardAt = current.heardAt): void {
    if (state === current.state && heardAt === current.heardAt) return;
    current = { state, heardAt };
    for (const tell of listeners) tell();
  }

  const parser = createParser({
    onEvent: (event) => {
      if (event.id !== undefined) lastEventId = event.id;
      handlers.onEvent(event.event ?? 'message', event.data);
    },
  });

  async function read(signal: AbortSignal, heard: () => void): Promise<void> {
    const response = await fetch('/api/events', {
      signal,
      cache: 'no-store',
      headers: { accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) },
    });
    if (!response.ok || response.body === null) throw await readRefusal(response);
    failures = 0;
    parser.reset();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      heard();
      parser.feed(piece.value);
      handlers.onBatch();
      publish('live', Date.now());
    }
  }

  function connect(): void {
    close();
    const attempt = new AbortController();
    abort = attempt;
    const heard = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => attempt.abort(), silenceMs);
    };
    heard();
    read(attempt.signal, heard)
      .catch((error: Partial<ApiError>) => error.status)
      .then((status) => {
        if (abort !== attempt) return;
        window.clearTimeout(timer);
        if (status === 401) return publish('signed-out');
        publish('lost');
        timer = window.setTimeout(connect, retryMs[Math.min(failures, retryMs.length - 1)]);
        failures += 1;
      });
  }

  function close(): void {
    window.clearTimeout(timer);
    const open = abort;
    abort = null;
    open?.abort();
  }

  return {
    connect,
    close,
    snapshot: () => current,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
