import { type AnswerCall, chatCall } from './answer-parts.ts';
import type { ChunkWriter } from './chat-chunk.ts';

interface Call {
  /** What stands before and after an argument literal in a chunk of this call. */
  readonly open: string;
  readonly close: string;
  /** The payload was sent, in deltas or whole. */
  sent: boolean;
}

/** The tool calls of one answer as Chat chunks: id and name once, then argument deltas under the call's own index. */
export interface CallChunks {
  count(): number;
  /** The chunk that opens the call; '' when it is open already. `key` is what its deltas will name it by. */
  start(call: AnswerCall, key: number | string): string;
  /** '' for a call that has not been opened: its whole payload follows when it is done. */
  delta(key: number | string, literal: string): string;
  /** What of the call was not sent yet. */
  done(call: AnswerCall, key: number | string): string;
}

export function createCallChunks(chunk: ChunkWriter, legacyFunctions: boolean): CallChunks {
  const byKey = new Map<number | string, Call>();
  const byId = new Map<string, Call>();

  const open = (call: AnswerCall, index: number): Call => {
    const field = call.type === 'custom' ? '"custom":{"input":' : '"function":{"arguments":';
    return legacyFunctions
      ? { open: `${chunk.open}"function_call":{"arguments":`, close: `}${chunk.close}`, sent: false }
      : { open: `${chunk.open}"tool_calls":[{"index":${index},${field}`, close: `}}]${chunk.close}`, sent: false };
  };

  const start = (call: AnswerCall, key: number | string): string => {
    if (byId.has(call.id)) return '';
    // `function_call` has room for one call only.
    if (legacyFunctions && byId.size > 0) return '';
    const index = byId.size;
    const opened = open(call, index);
    byId.set(call.id, opened);
    if (key !== '') byKey.set(key, opened);
    if (legacyFunctions) return chunk.delta({ function_call: { name: call.name, arguments: '' } });
    return chunk.delta({ tool_calls: [{ index, ...chatCall({ ...call, payload: '' }) }] });
  };

  return {
    count: () => byId.size,
    start,
    delta(key, literal) {
      const call = byKey.get(key);
      if (call === undefined || literal === '""') return '';
      call.sent = true;
      return call.open + literal + call.close;
    },
    done(call, key) {
      const opening = start(call, key);
      const opened = byId.get(call.id);
      if (opened === undefined || opened.sent || call.payload === '') return opening;
      opened.sent = true;
      return opening + opened.open + JSON.stringify(call.payload) + opened.close;
    },
  };
}
