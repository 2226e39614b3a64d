import type { JsonObject } from '../protocol/json-object.ts';
import { joinArray, spliceObject } from '../protocol/json-splice.ts';
import type { RequestBody } from './request-body.ts';

/** What may differ between the request that a Codex client sent and the one that goes upstream. */
export interface NativeEdit {
  readonly model: string;
  readonly effort: string | null;
  readonly serviceTier: string | null;
  /** Places of the input items that the account must not get; `null` for none. */
  readonly leftOut: ReadonlySet<number> | null;
  /** The most tokens of output, where the account takes such a limit; `null` leaves it as it is. */
  readonly maxOutputTokens: number | null;
  /** Items behind the client's own input. */
  readonly append: readonly JsonObject[];
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
  if (edit.maxOutputTokens !== null) {
    const given = body.value('max_output_tokens');
    const limit = Math.min(typeof given === 'number' ? given : Number.POSITIVE_INFINITY, edit.maxOutputTokens);
    if (given !== limit) set.set('max_output_tokens', Buffer.from(String(limit)));
  }
  if (edit.leftOut !== null || edit.append.length > 0) set.set('input', editedInput(body, edit));
  return set.size === 0 ? body.bytes : spliceObject(body.bytes, body.members, { set });
}

/** The input array with less or more in it; every item that stays keeps its bytes. */
function editedInput(body: RequestBody, { leftOut, append }: NativeEdit): Buffer {
  const input = body.raw('input')!;
  const kept = body
    .elements('input')
    .flatMap(({ valueStart, end }, index) => (leftOut?.has(index) ? [] : [input.subarray(valueStart, end)]));
  return joinArray([...kept, ...append.map((item) => Buffer.from(JSON.stringify(item)))]);
}
