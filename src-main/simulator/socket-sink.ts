import type { WebSocket } from 'ws';
import type { CutManner } from './fault.ts';
import type { RequestRecord } from './journal.ts';
import type { EventSink } from './playback.ts';

/** Plays an answer as text frames. The socket stays open at the answer's end: the next turn uses it. */
export function createSocketSink(socket: WebSocket, record: RequestRecord, gone: AbortSignal): EventSink {
  const sendText = (text: string): Promise<void> =>
    new Promise((resolve) => {
      record.bytesSent += Buffer.byteLength(text);
      socket.send(text, () => resolve());
    });
  return {
    gone,
    send: (event) => sendText(JSON.stringify(event)),
    raw: sendText,
    ping: () => socket.ping(),
    async flood(bytes) {
      const text = JSON.stringify({ type: 'response.output_text.delta', delta: 'x'.repeat(16_000) });
      for (let sent = 0; sent < bytes && socket.readyState === socket.OPEN; sent += text.length) await sendText(text);
    },
    async cut(how: CutManner) {
      if (how === 'clean') return;
      record.outcome = 'cut';
      // A dropped connection, which a WebSocket client sees as 1006.
      socket.terminate();
    },
    close(code, reason) {
      record.outcome = 'cut';
      if (code === 1006) socket.terminate();
      else socket.close(code, reason);
    },
    end() {},
  };
}
