import type { JsonRange } from './json-scan.ts';

/** What to do with the members of a JSON object whose bytes are kept: leave out, replace or add by key. */
export interface JsonEdit {
  readonly remove?: ReadonlySet<string>;
  /** Key to raw JSON bytes; replaces a member where it stands, or is added at the end. */
  readonly set?: ReadonlyMap<string, Buffer>;
}

/** Writes the object anew from its own bytes: members that are not named keep theirs to the byte. */
export function spliceObject(buf: Buffer, members: readonly JsonRange[], edit: JsonEdit): Buffer {
  const parts: Buffer[] = [];
  const add = (...bytes: Buffer[]): void => {
    parts.push(parts.length === 0 ? openBrace : comma, ...bytes);
  };
  const written = new Set<string>();
  for (const member of members) {
    if (edit.remove?.has(member.key)) continue;
    const replacement = edit.set?.get(member.key);
    if (replacement === undefined) add(buf.subarray(member.start, member.end));
    else if (!written.has(member.key)) add(buf.subarray(member.start, member.valueStart), replacement);
    written.add(member.key);
  }
  for (const [key, value] of edit.set ?? []) {
    if (!written.has(key)) add(Buffer.from(`${JSON.stringify(key)}:`), value);
  }
  if (parts.length === 0) parts.push(openBrace);
  parts.push(closeBrace);
  return Buffer.concat(parts);
}

/** A JSON array of elements whose bytes are already there. */
export function joinArray(elements: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from('[')];
  elements.forEach((element, index) => {
    if (index > 0) parts.push(comma);
    parts.push(element);
  });
  parts.push(Buffer.from(']'));
  return Buffer.concat(parts);
}

const openBrace = Buffer.from('{');
const closeBrace = Buffer.from('}');
const comma = Buffer.from(',');
