import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Chain } from '../clients/conversation.ts';
import { joinArray, spliceObject } from '../protocol/json-splice.ts';
import { inputItemsOf, type KeptResponse, outputItemsOf, textMember } from './kept-response.ts';
import type { KeptResponses } from './kept-responses.ts';
import { isNativeBody } from './native-body.ts';
import { openBody, type RequestBody } from './request-body.ts';

/** A request that goes on from kept responses, with the whole input in place of what it only refers to. */
export interface ContinuedBody {
  readonly body: RequestBody;
  /** The response that it goes on from; `null` where it names none. */
  readonly previous: KeptResponse | null;
  readonly chain: Chain | null;
  /** For the items that Relay put in: the account that knows them by their ids, or `null` where none does. */
  readonly knownAt: ReadonlyMap<string, string | null>;
}

const REFERENCE = '"item_reference"';
const MAX_ID = 200;

export const asItIs = (body: RequestBody): ContinuedBody => ({
  body,
  previous: null,
  chain: null,
  knownAt: new Map(),
});

/** Puts in what `previous_response_id` and references stand for. Throws `previous_response_not_found` as OpenAI words it. */
export async function continueBody(
  kept: KeptResponses,
  keyId: string,
  body: RequestBody,
  maxDepth: number,
): Promise<ContinuedBody> {
  const knownAt = new Map<string, string | null>();
  const input = body.raw('input');
  const previousId = body.has('previous_response_id') ? body.value('previous_response_id') : null;
  const refers = input?.[0] === 0x5b && !isNativeBody(body) && input.includes(REFERENCE);
  if (!kept.isOn() || (typeof previousId !== 'string' && !refers)) return asItIs(body);
  // What else an input can be is refused by name later.
  if (input !== null && input[0] !== 0x22 && input[0] !== 0x5b) return asItIs(body);

  const links = typeof previousId === 'string' ? await kept.chain(keyId, previousId) : [];
  if (links === null) throw notFound(String(previousId));
  const items: Buffer[] = [];
  items.push(...(await spelledOut(kept, keyId, links, knownAt)));
  if (input !== null) items.push(...(await resolved(kept, keyId, inputItemsOf(input), knownAt)));

  const edit = { remove: new Set(['previous_response_id']), set: new Map([['input', joinArray(items)]]) };
  const previous = links.at(-1) ?? null;
  return {
    body: await openBody(spliceObject(body.bytes, body.members, edit), maxDepth),
    previous,
    chain: previous === null ? null : { rootId: previous.chainId, conversationId: previous.conversationId },
    knownAt,
  };
}

/** The items of a kept response and of all before it; `null` where it is not known. */
export async function recallChain(
  kept: KeptResponses,
  keyId: string,
  id: string,
  knownAt: Map<string, string | null>,
): Promise<readonly Buffer[] | null> {
  const links = kept.isOn() ? await kept.chain(keyId, id) : null;
  return links === null ? null : spelledOut(kept, keyId, links, knownAt);
}

async function spelledOut(
  kept: KeptResponses,
  keyId: string,
  links: readonly KeptResponse[],
  knownAt: Map<string, string | null>,
): Promise<readonly Buffer[]> {
  const items: Buffer[] = [];
  for (const link of links) {
    items.push(...(await resolved(kept, keyId, inputItemsOf(link.input), knownAt)));
    items.push(...given(link, knownAt));
  }
  return items;
}

/** The items of an answer, noting who knows them. */
function given(response: KeptResponse, knownAt: Map<string, string | null>): readonly Buffer[] {
  const items = outputItemsOf(response.response);
  for (const item of items) note(item, response, knownAt);
  return items;
}

function note(item: Buffer, { atUpstream, accountId }: KeptResponse, knownAt: Map<string, string | null>): void {
  const id = textMember(item, 'id');
  if (id !== null) knownAt.set(id, atUpstream ? accountId : null);
}

/** The items with references replaced by what they refer to; one that is not kept stays, as an account may know it. */
async function resolved(
  kept: KeptResponses,
  keyId: string,
  items: readonly Buffer[],
  knownAt: Map<string, string | null>,
): Promise<readonly Buffer[]> {
  const references = new Map<Buffer, string>();
  for (const item of items) {
    const id =
      item.includes(REFERENCE) && textMember(item, 'type') === 'item_reference' ? textMember(item, 'id') : null;
    if (id !== null) references.set(item, id);
  }
  if (references.size === 0) return items;
  const givers = await kept.givers(keyId, [...new Set(references.values())]);
  return items.map((item) => {
    const id = references.get(item);
    const giver = id === undefined ? undefined : givers.get(id);
    if (giver === undefined) return item;
    const found = outputItemsOf(giver.response).find((output) => textMember(output, 'id') === id);
    if (found === undefined) return item;
    note(found, giver, knownAt);
    return found;
  });
}

const notFound = (id: string): RelayError =>
  new RelayError('previous_response_not_found', {
    message: `Previous response with id '${id.slice(0, MAX_ID)}' not found.`,
    param: 'previous_response_id',
  });
