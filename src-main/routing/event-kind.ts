import type { Frame } from '../protocol/sse-frames.ts';

export type TerminalKind = 'completed' | 'incomplete' | 'failed';

/** The kind of a terminal event, or `null` for all others (PROTOCOL 3.1). */
export function terminalOf(type: string): TerminalKind | null {
  switch (type) {
    case 'response.completed':
    case 'response.done':
      return 'completed';
    case 'response.incomplete':
      return 'incomplete';
    case 'response.failed':
    case 'error':
      return 'failed';
    default:
      return null;
  }
}

/** Whether the client would see something of the answer in this event; before it, a call may still move (FAULTS 1.2.1). */
export const isOutput = (type: string): boolean => type.endsWith('.delta') || type === 'response.output_item.done';

/** Comments, bare fields and the backend's keep-alive events: no progress, and nothing to hold. */
export const isKeepAlive = (frame: Frame): boolean =>
  frame.dataEnd === frame.dataStart || frame.type === 'keepalive' || frame.type === 'codex.keepalive';
