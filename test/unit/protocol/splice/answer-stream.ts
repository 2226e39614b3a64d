import { createParser } from 'eventsource-parser';
import type OpenAI from 'openai';
import { createAnswerJoiner } from '../../../../src-main/protocol/splice/answer-joiner.ts';
import { createAnswerObserver } from '../../../../src-main/protocol/splice/answer-observer.ts';
import { continuationOf } from '../../../../src-main/protocol/splice/continuation.ts';
import { type SpliceVerdict, spliceVerdict } from '../../../../src-main/protocol/splice/splice-verdict.ts';
import { createFrameSplitter, type Frame } from '../../../../src-main/protocol/sse-frames.ts';
import { type ResponseEvent, responseEvents } from '../../../../src-main/simulator/response-events.ts';

export type Json = Record<string, unknown>;

let ids = 0;
const id = (prefix: string): string => {
  ids += 1;
  return `${prefix}_${ids}`;
};

export const message = (text: string, more: Json = {}): Json => ({
  type: 'message',
  id: id('msg'),
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...more,
});
export const reasoning = (text = 'Thinking it over.'): Json => ({
  type: 'reasoning',
  id: id('rs'),
  summary: [{ type: 'summary_text', text }],
  encrypted_content: `enc ${text}`,
});
export const call = (): Json => ({
  type: 'function_call',
  id: id('fc'),
  status: 'completed',
  call_id: id('call'),
  name: 'look',
  arguments: '{"at":"it"}',
});

/** The events of a whole answer, as the simulated backend sends them. */
export function answerOf(items: readonly Json[]): ResponseEvent[] {
  const started = {
    id: id('resp'),
    object: 'response',
    created_at: 1_700_000_000 + ids,
    status: 'in_progress',
    output: [],
  };
  const usage = { input_tokens: 100, output_tokens: 10, total_tokens: 110 };
  return responseEvents(started, items, {
    type: 'response.completed',
    response: { ...started, status: 'completed', output: items, usage },
  });
}

export const sse = (events: readonly Json[]): Buffer =>
  Buffer.from(events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join(''));

/** What a client gets: an answer that is cut and gone on with as often as the test says. */
export function createClientStream() {
  const observer = createAnswerObserver();
  const bytes: Buffer[] = [];
  let spliced = 0;
  let join: ReturnType<typeof createAnswerJoiner> | null = null;
  const emit = (frame: Frame): void => {
    observer.frame(frame);
    bytes.push(Buffer.from(frame.buf.subarray(frame.start, frame.end)));
  };
  const feed = (stream: Buffer, sizes: readonly number[]): boolean => {
    let going = true;
    const splitter = createFrameSplitter(1 << 20, (frame) => {
      if (!going) return;
      if (frame.type === 'response.completed' || frame.type === 'response.incomplete') {
        const last = join === null ? frame : join.terminal(frame);
        going = last !== null;
        if (last !== null) bytes.push(Buffer.from(last.buf.subarray(last.start, last.end)));
      } else if (join === null) emit(frame);
      else going = join.frame(frame);
    });
    for (let at = 0, turn = 0; at < stream.length; turn += 1) {
      const size = sizes.length === 0 ? stream.length : Math.max(1, sizes[turn % sizes.length]!);
      splitter.push(stream.subarray(at, at + size));
      at += size;
    }
    return going;
  };
  return {
    /** False where the answer turned out to be one that cannot be gone on with. */
    send: (events: readonly Json[], sizes: readonly number[] = []): boolean => feed(sse(events), sizes),
    verdict: (): SpliceVerdict => spliceVerdict(observer.seen(), spliced),
    /** The text of the assistant's turns that the next account is given. */
    goOn(): string[] {
      const verdict = spliceVerdict(observer.seen(), spliced);
      if (verdict.kind === 'never') throw new Error(verdict.why);
      spliced += 1;
      observer.bury();
      join = createAnswerJoiner(verdict.kind, verdict.seen, emit);
      return continuationOf(verdict.seen, 'developer')
        .items.slice(0, -1)
        .map((item) => {
          const [part] = item['content'] as Json[];
          return String(part?.['text']);
        });
    },
    get events(): Json[] {
      const events: Json[] = [];
      createParser({ onEvent: ({ data }) => events.push(JSON.parse(data)) }).feed(Buffer.concat(bytes).toString());
      return events;
    },
  };
}

/** The answer as the OpenAI library puts it together, which is strict about ids, indexes and unfinished items. */
export async function readByLibrary(events: readonly Json[]): Promise<OpenAI.Responses.Response> {
  const { ResponseStream } = await import('openai/lib/responses/ResponseStream');
  const lines = events.map((event) => new TextEncoder().encode(`${JSON.stringify(event)}\n`));
  const stream = ResponseStream.fromReadableStream(ReadableStream.from(lines));
  return stream.finalResponse();
}
