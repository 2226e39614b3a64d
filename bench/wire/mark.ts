/**
 * A mark is text inside an event that says when its upstream wrote it: `[t=` and 16 digits of microseconds.
 * It is plain text, so it outlives a translation into another protocol.
 */
const OPENING = '[t=';
const DIGITS = 16;
const HALF = 1e8;

export const MARK_LENGTH = OPENING.length + DIGITS + 1;
export const UNSTAMPED_MARK = `${OPENING}${'0'.repeat(DIGITS)}]`;

/** Writes the time into the mark that starts at `at`. */
export function stampMark(buf: Buffer, at: number, micros: number): void {
  const whole = Math.floor(micros);
  const high = Math.floor(whole / HALF);
  writeDigits(buf, at + OPENING.length, high);
  writeDigits(buf, at + OPENING.length + DIGITS / 2, whole - high * HALF);
}

/** Where the next mark starts, or -1. */
export function findMark(buf: Buffer, from: number): number {
  return buf.indexOf(OPENING, from, 'latin1');
}

/** Microseconds of the mark that starts at `at`; 0 for one that was never stamped. */
export function readMark(buf: Buffer, at: number): number {
  let value = 0;
  const start = at + OPENING.length;
  for (let i = start; i < start + DIGITS; i++) value = value * 10 + (buf[i]! - 0x30);
  return value;
}

/** How many bytes at the end of `buf` may be the start of a mark that was cut. */
export function cutMarkLength(buf: Buffer): number {
  const last = buf.lastIndexOf(OPENING.charCodeAt(0));
  if (last === -1 || buf.length - last >= MARK_LENGTH) return 0;
  const opening = buf.toString('latin1', last, Math.min(buf.length, last + OPENING.length));
  return OPENING.startsWith(opening) ? buf.length - last : 0;
}

function writeDigits(buf: Buffer, at: number, value: number): void {
  let rest = value;
  for (let i = at + DIGITS / 2 - 1; i >= at; i--) {
    const next = Math.floor(rest / 10);
    buf[i] = 0x30 + rest - next * 10;
    rest = next;
  }
}
