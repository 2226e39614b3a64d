import type { Attempt as AttemptRow } from '../../src-shared/contract/call.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type AnswerJoiner, createAnswerJoiner } from '../protocol/splice/answer-joiner.ts';
import { createAnswerObserver } from '../protocol/splice/answer-observer.ts';
import { continuationOf } from '../protocol/splice/continuation.ts';
import type { SeenAnswer } from '../protocol/splice/seen-answer.ts';
import { spliceVerdict } from '../protocol/splice/splice-verdict.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { Failure } from './failure.ts';
import type { LostAttempt, RoutedAccount } from './ports.ts';

/** One answer to one client, put together from as many attempts as it takes. */
export interface Splice {
  /** What the client has seen of an answer that broke off, until an attempt goes on with it; `null` while none is broken. */
  seen(): SeenAnswer | null;
  /** The attempts that broke off and were gone on with, in order. */
  readonly lost: readonly LostAttempt[];
  /** An attempt broke off after output. True where another one may go on with its answer; its row tells what becomes of that. */
  broke(failure: Failure, account: RoutedAccount, row: AttemptRow): boolean;
  /** Nothing goes on with an answer that broke off, for this reason. What the client is told: why it broke off; `null` where none is broken. */
  givenUp(reason: RelayError): RelayError | null;
  /** The attempt that runs has output: what was broken is whole from here on. True where it goes on with an answer. */
  goesOn(): boolean;
  /** Takes an event of the attempt that runs. False where the answer cannot be gone on with after all. */
  frame(frame: Frame): boolean;
  /** The terminal event for the client; `null` where the attempt that runs had nothing to go on with. */
  finish(frame: Frame): Frame | null;
  /** The event with which the upstream declared its failure, as the client is to see it. */
  failure(frame: Frame): Frame;
}

/** What Relay itself says of an end that no one has declared: the connection is gone, or silent. */
const pathCodes = new Set(['upstream_stream_truncated', 'upstream_timeout']);

export function createSplice(emit: (frame: Frame) => void): Splice {
  const observer = createAnswerObserver();
  const lost: LostAttempt[] = [];
  let broken: { readonly kind: 'restart' | 'continue'; readonly seen: SeenAnswer } | null = null;
  let cut: RelayError | null = null;
  let joiner: AnswerJoiner | null = null;
  let hopeless = false;
  let pending: { readonly attempt: LostAttempt; readonly row: AttemptRow } | null = null;

  const show = (frame: Frame): void => {
    observer.frame(frame);
    emit(frame);
  };

  return {
    seen: () => broken?.seen ?? null,
    lost,
    broke(failure, account, row) {
      if (hopeless || !pathCodes.has(failure.error.code)) return false;
      const verdict = spliceVerdict(observer.seen(), lost.length);
      if (verdict.kind === 'never') {
        row.reason = `${row.reason} It was not continued, because ${verdict.why}.`;
        return false;
      }
      const { seen } = verdict;
      const { sentCharacters } = continuationOf(seen, 'developer');
      broken = verdict;
      cut = failure.error;
      const answer = { sentCharacters, reasoningDeltas: seen.reasoningDeltas };
      pending = { attempt: { account, answer }, row };
      return true;
    },
    givenUp(reason) {
      if (pending !== null) pending.row.reason = `${pending.row.reason} It was not continued: ${reason.message}`;
      return cut;
    },
    goesOn() {
      if (broken === null || pending === null) return joiner !== null;
      lost.push(pending.attempt);
      pending.row.outcome = 'continued';
      observer.bury();
      joiner = createAnswerJoiner(broken.kind, broken.seen, show);
      broken = cut = pending = null;
      return true;
    },
    frame(frame) {
      if (joiner === null) show(frame);
      else hopeless = !joiner.frame(frame);
      return !hopeless;
    },
    finish(frame) {
      if (joiner === null) return frame;
      const last = joiner.terminal(frame);
      hopeless = last === null;
      return last;
    },
    failure: (frame) => (joiner === null ? frame : joiner.failure(frame)),
  };
}
