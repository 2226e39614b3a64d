import type { JsonObject } from './json-object.ts';

/** Writes Responses events as SSE, numbered as the SDKs expect (PROTOCOL 10). */
export interface EventWriter {
  write(type: string, fields: JsonObject): void;
  /** What was written since the last take; `null` where that is nothing. */
  take(): Buffer | null;
}

export function createEventWriter(): EventWriter {
  let sequence = 0;
  let text = '';
  return {
    write(type, fields) {
      text += `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
      sequence += 1;
    },
    take() {
      if (text === '') return null;
      const bytes = Buffer.from(text);
      text = '';
      return bytes;
    },
  };
}
