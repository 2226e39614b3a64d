import { asObjects, asText, type JsonObject } from '../protocol/json-object.ts';
import type { RoutedAccount } from '../routing/ports.ts';
import type { CallPlan } from './call-plan.ts';
import type { ContinuedBody } from './continued-body.ts';
import type { KeptResponses } from './kept-responses.ts';
import type { RequestBody } from './request-body.ts';

/** A response object: its id and those of its items, and its JSON in pieces. */
export interface WholeResponse {
  readonly id: unknown;
  readonly itemIds: readonly string[];
  readonly json: readonly Buffer[];
}

/** An answer that is kept for its client to go on from. */
export interface ResponseKeeping {
  /** What the response object says otherwise than the account wrote it, from its first event on; `null` for nothing. */
  changed(account: RoutedAccount): JsonObject | null;
  /** The same for the whole response: Relay keeps it, whatever the account does. */
  readonly kept: JsonObject;
  /** The whole response as the client gets it, before it gets the end of it. */
  keep(response: WholeResponse, account: RoutedAccount): void;
}

export interface KeepingPorts {
  readonly kept: KeptResponses;
  readonly now: () => number;
}

/**
 * `null` where nothing is kept: the client said `store: false`, as Codex always does, or speaks another protocol. `given` is the request
 * as it came, without what it goes on from.
 */
export function keepingOf(
  { kept, now }: KeepingPorts,
  keyId: string,
  callId: string,
  plan: CallPlan,
  given: RequestBody,
  { previous }: ContinuedBody,
): ResponseKeeping | null {
  const input = given.raw('input');
  if (!kept.isOn() || plan.shape !== 'responses' || plan.native || plan.chat !== null) return null;
  if (input === null || given.value('store') === false) return null;
  const storing = { store: true, previous_response_id: previous?.id ?? null };
  return {
    kept: storing,
    // An account that keeps responses has its own ids for them, and any compatible server may give one out twice.
    changed: (account) => (keepsResponses(account) ? { ...storing, id: `resp_${callId}` } : null),
    keep(response, account) {
      const id = asText(response.id);
      if (id === null || id === '') return;
      kept.keep(
        {
          keyId,
          id,
          chainId: previous?.chainId ?? id,
          previousId: previous?.id ?? null,
          conversationId: plan.conversationId,
          accountId: account.id,
          atUpstream: keepsResponses(account),
          createdAt: now(),
          // A copy: the request's own bytes are many more, with its instructions and tools.
          input: ownBytes(input.length, (bytes) => input.copy(bytes)),
          response: ownPieces(response.json),
        },
        response.itemIds,
      );
    },
  };
}

/** Bytes that share no memory with others: a small Buffer is otherwise a part of 8 KiB that stay as long as any part of them. */
function ownBytes(length: number, fill: (bytes: Buffer) => unknown): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  fill(bytes);
  return bytes;
}

function ownPieces(pieces: readonly Buffer[]): Buffer {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return ownBytes(length, (bytes) => {
    let at = 0;
    for (const piece of pieces) at += piece.copy(bytes, at);
  });
}

/** The ids of the items of an output array. */
export const itemIdsOf = (output: unknown): string[] => asObjects(output).flatMap((item) => asText(item['id']) ?? []);

const keepsResponses = ({ kind, wire }: RoutedAccount): boolean => kind === 'openai' && wire === 'responses';
