import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { errorBody } from '../protocol/error-body.ts';

/** `compact` is a Responses call that is answered with its compaction item alone; `ollama` is Chat in Ollama's words. */
export type Shape = 'responses' | 'chat' | 'compact' | 'ollama';

/** Which of the two protocols a call is understood in. */
export const protocolOf = (shape: Shape): 'responses' | 'chat' =>
  shape === 'chat' || shape === 'ollama' ? 'chat' : 'responses';

/** Ollama's whole error is one sentence. */
export const ollamaError = (error: RelayError): { readonly error: string } => ({ error: error.message });

/** How a client of this shape reads an error; a Codex client goes by its type (PROTOCOL 5). */
export const errorBodyFor =
  (shape: Shape, codex: boolean) =>
  (error: RelayError, now: number): object =>
    shape === 'ollama' ? ollamaError(error) : errorBody(error, now, codex);
