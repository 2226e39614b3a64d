import { createHash } from 'node:crypto';

/** The short name that an upstream sees -> the name the client gave; names that fit are not in it. */
export type ToolNames = ReadonlyMap<string, string>;

export interface ToolNaming {
  /** The name to send upstream: the same for the same name in every request, so that the prompt cache holds. */
  short(name: string): string;
  readonly names: ToolNames;
}

/** MCP clients send names longer than the 64 characters that the upstream takes (PROTOCOL 10). */
const fits = /^[a-zA-Z0-9_-]{1,64}$/;
const digestLength = 10;

/** `taken` are the request's other tool names, which a short one must not equal. */
export function createToolNaming(taken: Iterable<string>): ToolNaming {
  const used = new Set<string>(taken);
  const names = new Map<string, string>();
  const shortened = new Map<string, string>();
  return {
    names,
    short(name) {
      if (fits.test(name)) return name;
      const known = shortened.get(name);
      if (known !== undefined) return known;
      let round = 0;
      let short = shorten(name, round);
      while (used.has(short)) short = shorten(name, ++round);
      used.add(short);
      names.set(short, name);
      shortened.set(name, short);
      return short;
    },
  };
}

function shorten(name: string, round: number): string {
  const readable = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 63 - digestLength);
  const digest = createHash('sha256').update(`${round}:${name}`).digest('hex').slice(0, digestLength);
  return `${readable}_${digest}`;
}

/** Call ids are limited to 64 characters upstream; both ends of a call are in the same request, so no way back is needed. */
export function shortCallId(id: string): string {
  return id.length <= 64 ? id : `call_${createHash('sha256').update(id).digest('hex').slice(0, 40)}`;
}
