import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in a time that depends on neither text; digests make the lengths equal. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
