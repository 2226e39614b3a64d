import type { FinishReason } from './finish-reason.ts';
import type { JsonObject } from './json-object.ts';

export interface ChunkOptions {
  readonly id: string;
  /** The model that the client asked for. */
  readonly model: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly includeUsage: boolean;
}

/** Writes Chat chunks as SSE text around JSON that is already made. */
export interface ChunkWriter {
  /** What stands before and after the members of a `delta`; hot paths put a literal between them. */
  readonly open: string;
  readonly close: string;
  delta(fields: JsonObject): string;
  /** The last chunk of the answer, the usage chunk if asked for, and the end marker. */
  finish(reason: FinishReason, usage: JsonObject | null): string;
}

export function createChunkWriter(options: ChunkOptions): ChunkWriter {
  const { id, model, createdAt, includeUsage } = options;
  const head = { id, object: 'chat.completion.chunk', created: createdAt, model };
  const start = `data: ${JSON.stringify(head).slice(0, -1)},"choices":[`;
  // With usage asked for, every other chunk says that it has none (FAULTS C-20).
  const end = includeUsage ? '],"usage":null}\n\n' : ']}\n\n';
  const open = `${start}{"index":0,"delta":{`;
  const close = `},"logprobs":null,"finish_reason":null}${end}`;
  return {
    open,
    close,
    delta: (fields) => open + JSON.stringify(fields).slice(1, -1) + close,
    finish(reason, usage) {
      const last = `${open}},"logprobs":null,"finish_reason":"${reason}"}${end}`;
      const counted = includeUsage ? `${start}],"usage":${JSON.stringify(usage)}}\n\n` : '';
      return `${last}${counted}data: [DONE]\n\n`;
    },
  };
}
