import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** One Server-Sent Event as byte ranges of `buf`. Valid only during the visit: the object is used again. */
export interface Frame {
  buf: Buffer;
  /** The whole event with the blank line that ends it. */
  start: number;
  end: number;
  /** The event's data, JSON as a rule. Empty for comments and bare fields. */
  dataStart: number;
  dataEnd: number;
  /** The `type` member of the data: what clients go by, not the `event:` line (PROTOCOL 3). Empty where there is none. */
  type: string;
}

export interface FrameSplitter {
  /** Visits every event that the chunk completes. Throws `upstream_event_too_large`. */
  push(chunk: Buffer): void;
  /** Visits what is left when the stream ended without its last blank line and the data is whole JSON. */
  finish(): void;
}

const LF = 0x0a;
const CR = 0x0d;

/** Cuts a byte stream into events; LF, CRLF and CR line ends, any cutting of the bytes, one copy only where an event spans chunks. */
export function createFrameSplitter(maxEventBytes: number, visit: (frame: Frame) => void): FrameSplitter {
  const frame: Frame = { buf: Buffer.alloc(0), start: 0, end: 0, dataStart: 0, dataEnd: 0, type: '' };
  const readType = createTypeReader();
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  /** Nothing but a line end has come since the last line end. */
  let lineIsEmpty = true;
  let afterCr = false;
  let first = true;

  const emit = (buf: Buffer, start: number, end: number): void => {
    frame.buf = buf;
    frame.start = start;
    frame.end = end;
    readData(frame);
    if (frame.dataEnd === frame.dataStart && !hasContent(buf, start, end)) return;
    frame.type = readType(frame.buf, frame.dataStart, frame.dataEnd);
    visit(frame);
  };

  const complete = (chunk: Buffer, start: number, end: number): void => {
    if (pendingBytes === 0) return emit(chunk, start, end);
    pending.push(chunk.subarray(start, end));
    const whole = Buffer.concat(pending, pendingBytes + end - start);
    pending = [];
    pendingBytes = 0;
    emit(whole, 0, whole.length);
  };

  const check = (bytes: number): void => {
    if (bytes > maxEventBytes) throw new RelayError('upstream_event_too_large');
  };

  const push = (chunk: Buffer): void => {
    let start = 0;
    let at = 0;
    if (first && chunk.length > 0) {
      first = false;
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) start = at = 3;
    }
    let cr = chunk.indexOf(CR);
    while (at < chunk.length) {
      let lf = chunk.indexOf(LF, at);
      if (lf === -1) lf = chunk.length;
      if (cr !== -1 && cr < at) cr = chunk.indexOf(CR, at);
      const lineEnd = cr !== -1 && cr < lf ? cr : lf;
      if (lineEnd > at) {
        lineIsEmpty = false;
        afterCr = false;
        if (lineEnd === chunk.length) break;
      }
      const isCr = lineEnd === cr;
      at = lineEnd + 1;
      if (!isCr && afterCr) {
        // The LF of a CRLF: it belongs to the line end that the CR already was.
        afterCr = false;
        continue;
      }
      afterCr = isCr;
      if (!lineIsEmpty) {
        lineIsEmpty = true;
        continue;
      }
      if (isCr && chunk[at] === LF) {
        at += 1;
        afterCr = false;
      }
      check(pendingBytes + at - start);
      complete(chunk, start, at);
      start = at;
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
      pendingBytes += chunk.length - start;
      check(pendingBytes);
    }
  };

  return {
    push,
    finish() {
      if (pendingBytes === 0) return;
      const rest = Buffer.concat([...pending, Buffer.from('\n\n')]);
      pending = [];
      pendingBytes = 0;
      frame.buf = rest;
      frame.start = 0;
      frame.end = rest.length;
      readData(frame);
      if (isWholeJson(frame.buf, frame.dataStart, frame.dataEnd)) emit(rest, 0, rest.length);
    },
  };
}

/** Finds the `data:` lines of one event; several are joined by LF, as the SSE standard says. */
function readData(frame: Frame): void {
  const { buf, end } = frame;
  let found = 0;
  let at = frame.start;
  let joined: Buffer[] | null = null;
  frame.dataStart = frame.dataEnd = frame.start;
  while (at < end) {
    let lineEnd = at;
    if (buf[at] !== LF && buf[at] !== CR) {
      const lf = buf.indexOf(LF, at);
      lineEnd = lf === -1 || lf >= end ? end : lf;
      const cr = buf.indexOf(CR, at);
      if (cr !== -1 && cr < lineEnd) lineEnd = cr;
      // 'd' 'a' 't' 'a' ':' or a bare "data" line
      if (buf[at] === 0x64 && buf[at + 1] === 0x61 && buf[at + 2] === 0x74 && buf[at + 3] === 0x61) {
        const colon = buf[at + 4] === 0x3a;
        if (colon || at + 4 === lineEnd) {
          let valueStart = colon ? at + 5 : lineEnd;
          if (colon && buf[valueStart] === 0x20) valueStart += 1;
          found += 1;
          if (found === 1) {
            frame.dataStart = valueStart;
            frame.dataEnd = lineEnd;
          } else {
            joined ??= [buf.subarray(frame.dataStart, frame.dataEnd)];
            joined.push(newline, buf.subarray(valueStart, lineEnd));
          }
        }
      }
    }
    at = lineEnd + 1;
  }
  if (joined !== null) {
    const data = Buffer.concat(joined);
    // The event's own bytes stay what is forwarded; the joined data is laid behind them to be read.
    frame.buf = Buffer.concat([buf.subarray(frame.start, frame.end), data]);
    frame.dataStart = frame.end - frame.start;
    frame.dataEnd = frame.buf.length;
    frame.end = frame.dataStart;
    frame.start = 0;
  }
}

const newline = Buffer.from('\n');

function hasContent(buf: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (buf[at] !== LF && buf[at] !== CR) return true;
  return false;
}

function isWholeJson(buf: Buffer, start: number, end: number): boolean {
  try {
    JSON.parse(buf.toString('utf8', start, end));
    return true;
  } catch {
    return false;
  }
}

/** Most events of a stream have the same type as the one before: compare bytes before making a string. */
function createTypeReader(): (buf: Buffer, start: number, end: number) => string {
  let last = '';
  return (buf, start, end) => {
    if (end - start < 2) return '';
    const from = typeValueStart(buf, start, end);
    if (from === -1) return slowType(buf, start, end);
    let same = 0;
    while (same < last.length && buf[from + same] === last.charCodeAt(same)) same += 1;
    if (same === last.length && last !== '' && buf[from + same] === 0x22) return last;
    const close = buf.indexOf(0x22, from);
    if (close === -1 || close >= end) return '';
    const text = buf.toString('latin1', from, close);
    if (text.includes('\\')) return slowType(buf, start, end);
    last = text;
    return text;
  };
}

const typeKey = Buffer.from('"type"');

/** Where the value of a leading `{"type":"` begins, or -1 when the object begins otherwise. */
function typeValueStart(buf: Buffer, start: number, end: number): number {
  let at = skipSpace(buf, start, end);
  if (buf[at] !== 0x7b) return -1;
  at = skipSpace(buf, at + 1, end);
  for (let index = 0; index < typeKey.length; index += 1) if (buf[at + index] !== typeKey[index]) return -1;
  at = skipSpace(buf, at + typeKey.length, end);
  if (buf[at] !== 0x3a) return -1;
  at = skipSpace(buf, at + 1, end);
  return buf[at] === 0x22 ? at + 1 : -1;
}

function skipSpace(buf: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && (buf[at] === 0x20 || buf[at] === LF || buf[at] === CR || buf[at] === 0x09)) at += 1;
  return at;
}

function slowType(buf: Buffer, start: number, end: number): string {
  try {
    const value: unknown = JSON.parse(buf.toString('utf8', start, end));
    if (typeof value !== 'object' || value === null || !('type' in value)) return '';
    return typeof value.type === 'string' ? value.type : '';
  } catch {
    return '';
  }
}
