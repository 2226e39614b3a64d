import type { Clock } from '../../src-shared/domain/clock.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { responsesErrorEvent } from '../protocol/error-body.ts';
import { asIndex, asObject, asObjects, type JsonObject, parseObject } from '../protocol/json-object.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { RoutedAccount } from '../routing/ports.ts';
import type { Answer } from './answer.ts';
import { type ClientConnection, eventStreamHeaders } from './client-connection.ts';
import type { ResponseKeeping } from './response-keeping.ts';

export interface ResponsesStreamOptions {
  readonly connection: ClientConnection;
  readonly clock: Clock;
  /** The name the client asked for, where it is not the one that runs. */
  readonly echoModel: string | null;
  /** Keeps the answer; `null` where it is not kept. */
  readonly keeping: ResponseKeeping | null;
  /** Clients other than Codex read `response.output` of the last event, which the backend may leave empty (PROTOCOL 10). */
  readonly fillOutput: boolean;
  /** Codex counts only JSON events as life, SDKs may refuse unknown ones (PROTOCOL 9.8). */
  readonly keepAlive: 'event' | 'comment';
  /** Headers of the upstream's answer that the client may see. */
  readonly passHeaders: (headers: Record<string, unknown>) => Record<string, string>;
}

/** Events that carry the response object, and so its id and the model's name. */
const lifecycle = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.completed',
  'response.incomplete',
  'response.failed',
]);

/** A Responses client on a Responses stream: its bytes are passed on untouched, each upstream chunk in one write. */
export function createResponsesStreamAnswer(options: ResponsesStreamOptions): Answer {
  const { connection, keeping } = options;
  const echo = options.echoModel === null ? null : { model: options.echoModel };
  /** What the response object says otherwise than the upstream wrote it. */
  let changes: JsonObject | null = echo;
  let answering: RoutedAccount | null = null;
  let buf: Buffer | null = null;
  let start = 0;
  let end = 0;
  let ready = true;
  let frames = 0;
  const items: { readonly index: number; readonly item: unknown }[] = [];

  const writePending = (): void => {
    const bytes = buf?.subarray(start, end);
    buf = null;
    if (bytes !== undefined) ready = connection.write(bytes) && ready;
  };
  const append = (bytes: Buffer, from: number, to: number): void => {
    if (buf === bytes && end === from) {
      end = to;
      return;
    }
    writePending();
    buf = bytes;
    start = from;
    end = to;
  };
  /** Writes the event with another response object, which is returned as JSON. */
  const rewritten = (frame: Frame, event: JsonObject, response: JsonObject): string => {
    const { response: _, ...rest } = event;
    const json = JSON.stringify(response);
    const data = `${JSON.stringify(rest).slice(0, -1)},"response":${json}}`;
    const bytes = Buffer.from(`event: ${frame.type}\ndata: ${data}\n\n`);
    append(bytes, 0, bytes.length);
    return json;
  };

  const answer: Answer = {
    begun: () => connection.headSent,
    stopped: () => false,
    open(account, headers) {
      answering = account;
      const kept = keeping?.changed(account) ?? null;
      changes = kept === null ? echo : { ...kept, ...echo };
      if (!connection.headSent) connection.head(200, { ...eventStreamHeaders, ...options.passHeaders(headers) });
    },
    frame(frame) {
      frames += 1;
      if (options.fillOutput && frame.type === 'response.output_item.done') collect(frame);
      if (changes !== null && lifecycle.has(frame.type)) {
        const event = parseObject(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd));
        const response = asObject(event?.['response']);
        if (event !== null && response !== null) return void rewritten(frame, event, { ...response, ...changes });
      }
      append(frame.buf, frame.start, frame.end);
    },
    flush() {
      ready = true;
      writePending();
      return ready;
    },
    reset() {},
    keepAlive() {
      if (!connection.headSent) connection.head(200, eventStreamHeaders);
      connection.write(
        options.keepAlive === 'event' ? 'event: keepalive\ndata: {"type":"keepalive"}\n\n' : ': keep-alive\n\n',
      );
    },
    spliced(note) {
      const json = JSON.stringify(note);
      const text =
        options.keepAlive === 'event' ? `event: ${note.type}\ndata: ${json}\n\n` : `: ${note.type} ${json}\n\n`;
      const bytes = Buffer.from(text);
      append(bytes, 0, bytes.length);
    },
    finish(frame, event) {
      const response = asObject(event['response']);
      const empty = response !== null && asObjects(response['output']).length === 0;
      const fill = options.fillOutput && empty && items.length > 0;
      if (response !== null && (fill || changes !== null || keeping !== null)) {
        const output = fill ? { output: items.sort((a, b) => a.index - b.index).map(({ item }) => item) } : null;
        const whole = { ...response, ...keeping?.kept, ...changes, ...output };
        const json = rewritten(frame, event, whole);
        if (answering !== null) keeping?.keep(whole, json, answering);
      } else append(frame.buf, frame.start, frame.end);
      const last = buf?.subarray(start, end);
      buf = null;
      connection.end(last);
    },
    fail(error: RelayError, frame: Frame | null) {
      writePending();
      if (!connection.headSent) return connection.error(error);
      if (frame !== null) return connection.end(frame.buf.subarray(frame.start, frame.end));
      const event = responsesErrorEvent(error, options.clock.now(), frames);
      connection.end(`event: error\ndata: ${JSON.stringify(event)}\n\n`);
    },
    stop: () => connection.end(),
  };

  const collect = (frame: Frame): void => {
    const event = parseObject(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd));
    if (event !== null) items.push({ index: asIndex(event['output_index']) ?? items.length, item: event['item'] });
  };
  return answer;
}
