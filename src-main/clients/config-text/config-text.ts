/** Names of members and places in lists, from the outside in. */
export type ConfigPath = readonly (string | number)[];

/**
 * One configuration language, edited as text: every byte that an edit does not need stays as it is, comments and order
 * included. All throw `UneditableText` for text that is not valid, or where an edit has no safe place.
 */
export interface ConfigText {
  /** The content as plain values; of empty text an empty object. */
  parse(text: string): unknown;
  /** Sets a member, making the objects on the way. A path that ends in a number replaces that item of a list. */
  set(text: string, path: ConfigPath, value: unknown): string;
  /** Adds an item at the end of a list, making the list where it is missing. */
  append(text: string, path: ConfigPath, value: unknown): string;
  /** Takes a member or an item out; text without it stays as it is. */
  remove(text: string, path: ConfigPath): string;
}

export class UneditableText extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'UneditableText';
  }
}

export const lineEnd = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** From the beginning of the line that `at` lies in. */
export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** Just behind the end of the line that `at` lies in, its line break included. */
export function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}
