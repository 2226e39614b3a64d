/** Where the parts of a delta event are, as byte offsets and small integers. One object is used again for every event. */
export interface DeltaFields {
  /** The JSON string literal of `delta`, quotes included. */
  literalStart: number;
  literalEnd: number;
  outputIndex: number;
  /** -1 where the event does not say. */
  contentIndex: number;
  summaryIndex: number;
}

export const createDeltaFields = (): DeltaFields => ({
  literalStart: -1,
  literalEnd: -1,
  outputIndex: -1,
  contentIndex: -1,
  summaryIndex: -1,
});

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const names = {
  delta: Buffer.from('delta'),
  outputIndex: Buffer.from('output_index'),
  contentIndex: Buffer.from('content_index'),
  summaryIndex: Buffer.from('summary_index'),
};

/**
 * Reads a delta event without parsing it: the already escaped literal is spliced into what the client gets (PERFORMANCE.md).
 * True only for a flat, valid JSON object of strings, small integers, `[]`, true, false and null, with a string `delta` and
 * an `output_index`; whatever else comes is left to JSON.parse. Being this strict is what makes both ways agree on every input.
 */
export function scanDelta(buf: Buffer, start: number, end: number, found: DeltaFields): boolean {
  found.literalStart = -1;
  found.outputIndex = -1;
  found.contentIndex = -1;
  found.summaryIndex = -1;
  let at = skipSpace(buf, start, end);
  if (buf[at] !== 0x7b) return false;
  at = skipSpace(buf, at + 1, end);
  for (;;) {
    const keyStart = at + 1;
    at = stringEnd(buf, at, end, false);
    if (at === -1) return false;
    const keyEnd = at - 1;
    at = skipSpace(buf, at, end);
    if (buf[at] !== 0x3a) return false;
    at = value(buf, skipSpace(buf, at + 1, end), end, keyStart, keyEnd, found);
    if (at === -1) return false;
    at = skipSpace(buf, at, end);
    if (at >= end) return false;
    if (buf[at] === 0x7d) break;
    if (buf[at] !== 0x2c) return false;
    at = skipSpace(buf, at + 1, end);
  }
  return skipSpace(buf, at + 1, end) === end && found.literalStart !== -1 && found.outputIndex !== -1;
}

/** Reads the member's value and notes it where it matters; one past its end, or -1. */
function value(buf: Buffer, at: number, end: number, keyStart: number, keyEnd: number, found: DeltaFields): number {
  const isDelta = equals(buf, keyStart, keyEnd, names.delta);
  const byte = buf[at]!;
  if (byte === QUOTE) {
    const after = stringEnd(buf, at, end, true);
    if (isDelta) {
      found.literalStart = at;
      found.literalEnd = after;
    }
    return after !== -1 && isIndex(buf, keyStart, keyEnd) ? -1 : after;
  }
  if (isDelta) return -1;
  if (byte >= 0x30 && byte <= 0x39) return integer(buf, at, end, keyStart, keyEnd, found);
  if (isIndex(buf, keyStart, keyEnd)) return -1;
  if (byte === 0x5b) return buf[at + 1] === 0x5d ? at + 2 : -1;
  return literalEnd(buf, at, end);
}

/** One past the closing quote, or -1. Escapes and control characters are checked as JSON.parse checks them. */
function stringEnd(buf: Buffer, open: number, end: number, escapes: boolean): number {
  if (open >= end || buf[open] !== QUOTE) return -1;
  let at = open + 1;
  while (at < end) {
    const byte = buf[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return -1;
    if (byte !== BACKSLASH) {
      at += 1;
      continue;
    }
    if (!escapes) return -1;
    at = escapeEnd(buf, at, end);
    if (at === -1) return -1;
  }
  return -1;
}

function escapeEnd(buf: Buffer, backslash: number, end: number): number {
  const kind = buf[backslash + 1];
  switch (kind) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return backslash + 2;
    case 0x75:
      for (let at = backslash + 2; at < backslash + 6; at += 1) if (at >= end || !isHex(buf[at]!)) return -1;
      return backslash + 6;
  }
  return -1;
}

const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

function integer(buf: Buffer, from: number, end: number, keyStart: number, keyEnd: number, found: DeltaFields): number {
  let at = from;
  let number = 0;
  while (at < end && buf[at]! >= 0x30 && buf[at]! <= 0x39) {
    number = number * 10 + buf[at]! - 0x30;
    at += 1;
  }
  const digits = at - from;
  if (digits > 9 || (digits > 1 && buf[from] === 0x30)) return -1;
  // A fraction or an exponent follows: a number, but not one of these.
  if (buf[at] === 0x2e || buf[at] === 0x65 || buf[at] === 0x45) return -1;
  if (equals(buf, keyStart, keyEnd, names.outputIndex)) found.outputIndex = number;
  else if (equals(buf, keyStart, keyEnd, names.contentIndex)) found.contentIndex = number;
  else if (equals(buf, keyStart, keyEnd, names.summaryIndex)) found.summaryIndex = number;
  return at;
}

const isIndex = (buf: Buffer, start: number, end: number): boolean =>
  equals(buf, start, end, names.outputIndex) ||
  equals(buf, start, end, names.contentIndex) ||
  equals(buf, start, end, names.summaryIndex);

const literals = ['true', 'false', 'null'].map((text) => Buffer.from(text));

function literalEnd(buf: Buffer, at: number, end: number): number {
  for (const literal of literals) {
    if (at + literal.length <= end && equals(buf, at, at + literal.length, literal)) return at + literal.length;
  }
  return -1;
}

function equals(buf: Buffer, start: number, end: number, word: Buffer): boolean {
  if (end - start !== word.length) return false;
  for (let index = 0; index < word.length; index += 1) if (buf[start + index] !== word[index]) return false;
  return true;
}

function skipSpace(buf: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && (buf[at] === 0x20 || buf[at] === 0x0a || buf[at] === 0x0d || buf[at] === 0x09)) at += 1;
  return at;
}
