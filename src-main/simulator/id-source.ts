import { createHash } from 'node:crypto';

/** The next id with this prefix; the same seed gives the same ids in the same order. */
export type IdSource = (prefix: string) => string;

export function createIdSource(seed: number): IdSource {
  let count = 0;
  return (prefix) => {
    count += 1;
    return `${prefix}_${createHash('sha256').update(`${seed}:${count}`).digest('hex').slice(0, 32)}`;
  };
}

/** A UUID that depends on the text alone. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
