import { cutMarkLength, findMark, MARK_LENGTH, readMark } from '../wire/mark.ts';

export interface ResponseReader {
  /** True when these bytes end the answer. Throws on a status other than 200. */
  push(bytes: Buffer): boolean;
  /** Makes ready for the connection's next answer. */
  reset(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = '0\r\n\r\n';

/** Reads the answers of one connection, no deeper than to find their end and the marks in them. */
export function createResponseReader(onMark: (micros: number) => void): ResponseReader {
  let inBody = false;
  /** Bytes to come; null for a chunked body. */
  let remaining: number | null = null;
  /** A head or a mark cut in two. */
  let cut: Buffer | null = null;
  let tail = '';

  const readMarks = (bytes: Buffer): void => {
    const whole = cut ? Buffer.concat([cut, bytes]) : bytes;
    cut = null;
    for (let at = findMark(whole, 0); at !== -1; at = findMark(whole, at + MARK_LENGTH)) {
      if (at + MARK_LENGTH <= whole.length) onMark(readMark(whole, at));
      else break;
    }
    const left = cutMarkLength(whole);
    if (left > 0) cut = Buffer.from(whole.subarray(whole.length - left));
  };

  const readBody = (bytes: Buffer): boolean => {
    if (remaining !== null) {
      remaining -= bytes.length;
      return remaining <= 0;
    }
    readMarks(bytes);
    const end = bytes.toString('latin1', Math.max(0, bytes.length - LAST_CHUNK.length));
    tail = end.length === LAST_CHUNK.length ? end : (tail + end).slice(-LAST_CHUNK.length);
    return tail === LAST_CHUNK;
  };

  return {
    push(bytes) {
      if (inBody) return readBody(bytes);
      const start = cut ? Buffer.concat([cut, bytes]) : bytes;
      const end = start.indexOf(HEAD_END);
      if (end === -1) {
        cut = start;
        return false;
      }
      cut = null;
      inBody = true;
      const head = start.toString('latin1', 0, end);
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(start.toString('utf8', 0, 600));
      const length = /\r\ncontent-length: *(\d+)/i.exec(head);
      remaining = length ? Number(length[1]) : null;
      return readBody(start.subarray(end + HEAD_END.length));
    },
    reset() {
      inBody = false;
      remaining = null;
      cut = null;
      tail = '';
    },
  };
}
