import { scanRange } from '../protocol/json-scan.ts';
import { joinArray, spliceObject } from '../protocol/json-splice.ts';
import type { RequestBody } from './request-body.ts';

/** What may differ between the request that a Codex client sent and the one that goes upstream. */
export interface NativeEdit {
  readonly model: string;
  readonly effort: string | null;
  readonly serviceTier: string | null;
  /** Places of the input items that the account must not get; `null` for none. */
  readonly leftOut: ReadonlySet<number> | null;
}

/** A body that the ChatGPT backend takes as it is: its bytes are never written anew (PROTOCOL 9.14). */
export function isNativeBody(body: RequestBody): boolean {
  return (
    !body.hasDuplicates &&
    isLiteral(body, 'store', 'false') &&
    isLiteral(body, 'stream', 'true') &&
    body.raw('input')?.[0] === 0x5b &&
    body.has('prompt_cache_key') &&
    !body.has('previous_response_id')
  );
}

const isLiteral = (body: RequestBody, name: string, literal: string): boolean =>
  body.raw(name)?.toString('latin1') === literal;

/** The client's own bytes; only the members that must change are spliced. */
export function nativeBytes(body: RequestBody, edit: NativeEdit): Buffer {
  const set = new Map<string, Buffer>();
  if (body.value('model') !== edit.model) set.set('model', Buffer.from(JSON.stringify(edit.model)));
  if (edit.effort !== null) {
    const reasoning = body.value('reasoning');
    const given = typeof reasoning === 'object' && reasoning !== null ? reasoning : {};
    set.set('reasoning', Buffer.from(JSON.stringify({ ...given, effort: edit.effort })));
  }
  if (edit.serviceTier !== null) set.set('service_tier', Buffer.from(JSON.stringify(edit.serviceTier)));
  if (edit.leftOut !== null) set.set('input', withoutItems(body.raw('input')!, edit.leftOut));
  return set.size === 0 ? body.bytes : spliceObject(body.bytes, body.members, { set });
}

/** The input array without some of its items; every other item keeps its bytes. */
function withoutItems(input: Buffer, leftOut: ReadonlySet<number>): Buffer {
  const { ranges } = scanRange(input, 0, input.length);
  return joinArray(
    ranges.flatMap(({ valueStart, end }, index) => (leftOut.has(index) ? [] : [input.subarray(valueStart, end)])),
  );
}
