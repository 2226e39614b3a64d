import { isUtf8 } from 'node:buffer';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** A member of the root object, or an element of the root array, as byte ranges; nothing inside is parsed. */
export interface JsonRange {
  /** The member's key; the element's index as text. */
  readonly key: string;
  /** Where the member begins (its key's quote), or the element. */
  readonly start: number;
  readonly valueStart: number;
  /** One past the last byte of the value. */
  readonly end: number;
}

export interface JsonScanLimits {
  readonly maxDepth: number;
  /** The most members that the root, and any other object, may have; and the most elements of an array. */
  readonly maxRootMembers: number;
  readonly maxMembers: number;
  readonly maxElements: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const expecting = { value: 0, firstValue: 1, key: 2, firstKey: 3, colon: 4, after: 5, end: 6 } as const;
type Expect = (typeof expecting)[keyof typeof expecting];

/** How much is looked at before other streams get their turn: text goes by fast, very many small values do not (FAULTS C-08). */
const SLICE_BYTES = 256 * 1024;
const SLICE_TOKENS = 16 * 1024;

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Finds the ranges of the root's members without building anything: request bodies of megabytes are peeked at, not parsed.
 * The grammar, the nesting and the sizes are checked; escapes inside strings are left to whoever parses them.
 */
class JsonScanner {
  readonly ranges: JsonRange[] = [];
  root: 'object' | 'array' | 'scalar' = 'scalar';
  private readonly buf: Buffer;
  private readonly limits: JsonScanLimits;
  private readonly isObject: Uint8Array;
  private readonly counts: Uint32Array;
  private pos = 0;
  private depth = 0;
  private expect: Expect = expecting.value;
  private rootKey = '';
  private rootStart = 0;
  private rootValueStart = 0;

  constructor(buf: Buffer, limits: JsonScanLimits) {
    this.buf = buf;
    this.limits = limits;
    this.isObject = new Uint8Array(limits.maxDepth + 1);
    this.counts = new Uint32Array(limits.maxDepth + 1);
  }

  /** Scans so many bytes or tokens on; true when the document is complete. Throws `invalid_json`. */
  advance(bytes: number, tokens: number): boolean {
    const { buf } = this;
    const stop = Math.min(this.pos + bytes, buf.length);
    let left = tokens;
    while (this.pos < stop && left > 0) {
      const byte = buf[this.pos]!;
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
        this.pos += 1;
        continue;
      }
      left -= 1;
      this.token(byte);
    }
    if (this.pos < buf.length) return false;
    if (this.expect !== expecting.end) throw invalid('it ends too early');
    return true;
  }

  private token(byte: number): void {
    switch (this.expect) {
      case expecting.firstKey:
      case expecting.key:
        if (byte === CLOSE_OBJECT && this.expect === expecting.firstKey) return this.close(true);
        if (byte !== QUOTE) throw this.unexpected();
        return this.memberKey();
      case expecting.colon:
        if (byte !== COLON) throw this.unexpected();
        this.pos += 1;
        this.expect = expecting.value;
        return;
      case expecting.after:
        if (byte === COMMA) {
          this.pos += 1;
          this.expect = this.isObject[this.depth] === 1 ? expecting.key : expecting.value;
          return;
        }
        if (byte === CLOSE_OBJECT) return this.close(true);
        if (byte === CLOSE_ARRAY) return this.close(false);
        throw this.unexpected();
      case expecting.firstValue:
        if (byte === CLOSE_ARRAY) return this.close(false);
        return this.value(byte);
      case expecting.value:
        return this.value(byte);
      default:
        throw invalid('something follows its end');
    }
  }

  private memberKey(): void {
    this.count();
    const start = this.pos;
    this.skipString();
    if (this.depth === 1) {
      this.rootStart = start;
      this.rootKey = JSON.parse(this.buf.toString('utf8', start, this.pos)) as string;
    }
    this.expect = expecting.colon;
  }

  private value(byte: number): void {
    if (this.depth > 0 && this.isObject[this.depth] === 0) this.count();
    if (this.depth === 1) {
      this.rootValueStart = this.pos;
      if (this.root === 'array') {
        this.rootStart = this.pos;
        this.rootKey = String(this.ranges.length);
      }
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.open(byte === OPEN_OBJECT);
    if (byte === QUOTE) this.skipString();
    else this.skipLiteral(byte);
    this.valueDone();
  }

  private open(object: boolean): void {
    if (this.depth === 0) this.root = object ? 'object' : 'array';
    if (this.depth >= this.limits.maxDepth) throw invalid(`it is nested deeper than ${this.limits.maxDepth} levels`);
    this.depth += 1;
    this.isObject[this.depth] = object ? 1 : 0;
    this.counts[this.depth] = 0;
    this.pos += 1;
    this.expect = object ? expecting.firstKey : expecting.firstValue;
  }

  private close(object: boolean): void {
    if (this.depth === 0 || (this.isObject[this.depth] === 1) !== object) throw this.unexpected();
    this.depth -= 1;
    this.pos += 1;
    this.valueDone();
  }

  private valueDone(): void {
    if (this.depth === 1) {
      this.ranges.push({ key: this.rootKey, start: this.rootStart, valueStart: this.rootValueStart, end: this.pos });
    }
    this.expect = this.depth === 0 ? expecting.end : expecting.after;
  }

  private count(): void {
    const { limits, depth } = this;
    const members = this.counts[depth]! + 1;
    if (this.isObject[depth] === 0) {
      if (members > limits.maxElements) throw invalid(`an array in it has more than ${limits.maxElements} elements`);
    } else if (members > limits.maxMembers || (depth === 1 && members > limits.maxRootMembers)) {
      const most = depth === 1 ? Math.min(limits.maxRootMembers, limits.maxMembers) : limits.maxMembers;
      throw invalid(`${depth === 1 ? 'it' : 'an object in it'} has more than ${most} members`);
    }
    this.counts[depth] = members;
  }

  private skipString(): void {
    const { buf } = this;
    let at = this.pos + 1;
    for (;;) {
      const quote = buf.indexOf(QUOTE, at);
      if (quote === -1) throw invalid('a string in it has no end');
      let slash = quote - 1;
      while (buf[slash] === BACKSLASH) slash -= 1;
      if ((quote - slash) % 2 === 1) {
        this.pos = quote + 1;
        return;
      }
      at = quote + 1;
    }
  }

  private skipLiteral(byte: number): void {
    const { buf } = this;
    const start = this.pos;
    let at = start;
    while (at < buf.length && isLiteralByte(buf[at]!)) at += 1;
    const text = buf.toString('latin1', start, Math.min(at, start + 400));
    const plain = byte === 0x74 ? text === 'true' : byte === 0x66 ? text === 'false' : text === 'null';
    if (!plain && !number.test(text)) throw this.unexpected();
    this.pos = at;
  }

  private unexpected(): RelayError {
    return invalid(`unexpected character at byte ${this.pos}`);
  }
}

/** Letters, digits, `+`, `-` and `.`: all that numbers, true, false and null are made of. */
const isLiteralByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e;

const invalid = (why: string): RelayError =>
  new RelayError('invalid_json', { message: `The request body is not valid JSON: ${why}.` });

export interface ScannedJson {
  readonly root: 'object' | 'array' | 'scalar';
  readonly ranges: readonly JsonRange[];
}

/** The bytes of a member's value; `null` where there is none. Of several with one key the last one counts, as with JSON.parse. */
export function memberBytes(json: Buffer, members: readonly JsonRange[], key: string): Buffer | null {
  const member = members.findLast((each) => each.key === key);
  return member === undefined ? null : json.subarray(member.valueStart, member.end);
}

/** Scans a whole document, giving other streams their turn between slices of a large one. */
export async function scanJson(buf: Buffer, limits: JsonScanLimits): Promise<ScannedJson> {
  if (!isUtf8(buf)) throw invalid('it is not UTF-8');
  const scanner = new JsonScanner(buf, limits);
  while (!scanner.advance(SLICE_BYTES, SLICE_TOKENS)) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return scanner;
}

const RANGE_LIMITS = { maxDepth: 1_024, maxRootMembers: 1_000_000, maxMembers: 1_000_000, maxElements: 1_000_000 };

/** The elements of an array, or the members of an object, that is itself a range of a scanned document. */
export function scanRange(buf: Buffer, start: number, end: number): ScannedJson {
  const scanner = new JsonScanner(buf.subarray(start, end), RANGE_LIMITS);
  scanner.advance(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  return scanner;
}
