import { createResponsesFromChat } from '../../protocol/chat-upstream-stream.ts';
import { createFrameSplitter } from '../../protocol/sse-frames.ts';
import type { Exchange, ExchangeObserver, Exchanges } from '../exchange.ts';

export interface ChatWireRequest {
  readonly url: URL;
  readonly headers: Record<string, string>;
  /** A Chat Completions request, streaming. */
  readonly body: Buffer;
  readonly model: string;
  readonly createdAt: number;
  readonly responseId: string;
  readonly customTools: ReadonlySet<string>;
  readonly maxEventBytes: number;
}

/** Sends to an upstream that speaks only Chat Completions; the observer sees Responses events all the same. */
export function sendOverChat(
  exchanges: Exchanges,
  accountId: string,
  request: ChatWireRequest,
  observer: ExchangeObserver,
): Exchange {
  const translator = createResponsesFromChat({
    responseId: request.responseId,
    model: request.model,
    createdAt: Math.floor(request.createdAt / 1_000),
    customTools: request.customTools,
  });
  let translated: Buffer[] = [];
  const splitter = createFrameSplitter(request.maxEventBytes, (frame) => {
    const damagedBefore = translator.malformed();
    const events = translator.chunk(frame.buf.subarray(frame.dataStart, frame.dataEnd));
    if (events !== null) translated.push(events);
    // What is no JSON stays what it is: whoever sees the events leaves it out, and says so.
    if (translator.malformed() > damagedBefore)
      translated.push(Buffer.from(frame.buf.subarray(frame.start, frame.end)));
  });
  let streaming = false;
  const flush = (): void => {
    if (translated.length > 0) observer.data(Buffer.concat(translated));
    translated = [];
  };
  return exchanges.send(
    accountId,
    { url: request.url, method: 'POST', headers: request.headers, body: request.body },
    {
      head(status, headers) {
        streaming = status === 200 && String(headers['content-type'] ?? '').includes('text/event-stream');
        observer.head(status, headers);
      },
      data(chunk) {
        if (!streaming) return observer.data(chunk);
        splitter.push(chunk);
        flush();
      },
      end() {
        if (streaming) {
          splitter.finish();
          const last = translator.end();
          if (last !== null) translated.push(last);
          flush();
        }
        observer.end();
      },
      error: (error) => observer.error(error),
    },
  );
}
