import { isObject, type JsonObject, objectOr } from './json-object.ts';
import { errorRefusal } from './refusal.ts';
import type { SimulatedAccount } from './simulated-account.ts';

/** The turn a request belongs to, from its metadata; null for clients that do not say (PROTOCOL 2.4). */
export function turnOf(body: JsonObject, turnMetadata: string | null): string | null {
  const named = objectOr(body['client_metadata'])['turn_id'];
  if (typeof named === 'string' && named !== '') return named;
  try {
    const parsed: unknown = JSON.parse(turnMetadata ?? 'null');
    return isObject(parsed) && typeof parsed['turn_id'] === 'string' ? parsed['turn_id'] : null;
  } catch {
    return null;
  }
}

/** A sticky routing token: of one account and one turn, never to be replayed elsewhere (PROTOCOL 9.4). */
export const issueTurnState = (account: SimulatedAccount, turn: string | null, id: string): string =>
  `ts:${account.accountId}:${turn ?? ''}:${id}`;

/** Refuses a token of another account or turn. */
export function checkTurnState(state: string, account: SimulatedAccount, turn: string | null): void {
  const [kind, accountId, issuedFor] = state.split(':');
  const sameTurn = turn === null || issuedFor === '' || issuedFor === turn;
  if (kind === 'ts' && accountId === account.accountId && sameTurn) return;
  throw errorRefusal(
    400,
    'invalid_turn_state',
    'The turn state belongs to another account or turn.',
    'x-codex-turn-state',
  );
}
