import type { Clock } from '../../src-shared/domain/clock.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { responsesErrorEvent } from '../protocol/error-body.ts';
import { asObject, asObjects, type JsonObject, parseObject } from '../protocol/json-object.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { RoutedAccount } from '../routing/ports.ts';
import type { Answer } from './answer.ts';
import { createAnsweredItems } from './answered-items.ts';
import { type ClientConnection, eventStreamHeaders } from './client-connection.ts';
import { joinedPieces } from './joined-pieces.ts';
import { itemIdsOf, type ResponseKeeping } from './response-keeping.ts';

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
  const items = createAnsweredItems();

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
  /** Writes the event with another response object, given in pieces of JSON. */
  const rewritten = (frame: Frame, event: JsonObject, response: readonly Buffer[]): void => {
    const { response: _, ...rest } = event;
    const head = Buffer.from(`event: ${frame.type}\ndata: ${JSON.stringify(rest).slice(0, -1)},"response":`);
    for (const piece of joinedPieces([head, ...response, eventEnd])) append(piece, 0, piece.length);
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
      if (options.fillOutput && frame.type === 'response.output_item.done') items.add(frame);
      if (changes !== null && lifecycle.has(frame.type)) {
        const event = parseObject(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd));
        const response = asObject(event?.['response']);
        if (event !== null && response !== null) return rewritten(frame, event, [jsonOf({ ...response, ...changes })]);
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
      const fill = options.fillOutput && empty && items.count() > 0;
      if (response !== null && (fill || changes !== null || keeping !== null)) {
        const whole: JsonObject = { ...response, ...keeping?.kept, ...changes };
        const json = fill ? withOutput(whole, items.json()) : [jsonOf(whole)];
        rewritten(frame, event, json);
        const itemIds = fill ? items.ids() : itemIdsOf(response['output']);
        if (answering !== null) keeping?.keep({ id: whole['id'], itemIds, json }, answering);
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
  return answer;
}

const eventEnd = Buffer.from('}\n\n');
const outputStart = Buffer.from('{"output":');
const jsonOf = (value: JsonObject): Buffer => Buffer.from(JSON.stringify(value));

/** The response's JSON with this output in place of its own. */
function withOutput({ output: _, ...others }: JsonObject, output: readonly Buffer[]): Buffer[] {
  const json = JSON.stringify(others);
  return [outputStart, ...output, Buffer.from(json === '{}' ? '}' : `,${json.slice(1)}`)];
}
