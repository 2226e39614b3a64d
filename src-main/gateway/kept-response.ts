import { asText } from '../protocol/json-object.ts';
import { memberBytes, scanRange } from '../protocol/json-scan.ts';

/** An answer that its client may go on from, and what it was asked. */
export interface KeptResponse {
  readonly keyId: string;
  readonly id: string;
  /** The response that the chain began with. */
  readonly chainId: string;
  readonly previousId: string | null;
  readonly conversationId: string;
  readonly accountId: string;
  /** The account keeps it too, so that it knows the items by their ids. */
  readonly atUpstream: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The request's own `input` as JSON: a string, or an array of items. */
  readonly input: Buffer;
  /** The response object as the client got it, as JSON. */
  readonly response: Buffer;
}

export const sizeOf = ({ input, response }: KeptResponse): number => input.length + response.length;

/** The items of an `input`, as bytes; a string is one message of the user. */
export function inputItemsOf(input: Buffer): readonly Buffer[] {
  if (input[0] === 0x22) {
    return [Buffer.concat([Buffer.from('{"type":"message","role":"user","content":'), input, Buffer.from('}')])];
  }
  return elementsOf(input);
}

/** The items that an answer consists of, as bytes. */
export function outputItemsOf(response: Buffer): readonly Buffer[] {
  const output = memberBytes(response, scanRange(response, 0, response.length).ranges, 'output');
  return output === null ? [] : elementsOf(output);
}

/** A text member of an item, or `null`. */
export function textMember(item: Buffer, name: string): string | null {
  const { root, ranges } = scanRange(item, 0, item.length);
  const value = root === 'object' ? memberBytes(item, ranges, name) : null;
  return value === null ? null : asText(JSON.parse(value.toString('utf8')));
}

function elementsOf(array: Buffer): readonly Buffer[] {
  const { root, ranges } = scanRange(array, 0, array.length);
  return root === 'array' ? ranges.map(({ valueStart, end }) => array.subarray(valueStart, end)) : [];
}
