import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { AnswerSink } from '../routing/ports.ts';

/** What a client that looks for it is told before the end of an answer that was continued. */
export interface SplicedNote {
  readonly type: 'relay.spliced';
  /** How often it was continued. */
  readonly times: number;
  /** The label of the account that finished it. */
  readonly account: string | null;
}

/** How one call is answered in its client's protocol and transport. */
export interface Answer extends AnswerSink {
  /** Whether something has been sent that cannot be taken back. */
  begun(): boolean;
  /** The text was cut at a stop sequence: nothing that follows is wanted. */
  stopped(): boolean;
  /** Sends a sign of life in the form that this client honours. Only called for streams. */
  keepAlive(): void;
  /** Says that the answer was put together from several attempts, in a form that this client takes no harm from. */
  spliced(note: SplicedNote): void;
  /** Sends the rest of the answer. `event` is the terminal event, parsed. */
  finish(frame: Frame, event: JsonObject): void;
  /** Ends the answer with an error; `frame` is the upstream's own failure event, where there was one. */
  fail(error: RelayError, frame: Frame | null): void;
  /** Ends an answer that `stopped`. */
  stop(): void;
}
