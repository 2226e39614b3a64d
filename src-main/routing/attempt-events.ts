import type { IncomingHttpHeaders } from 'node:http';
import type { Frame } from '../protocol/sse-frames.ts';
import type { TerminalKind } from './event-kind.ts';
import type { Failure } from './failure.ts';

export interface AttemptLimits {
  /** From the start of the attempt to the first output event. */
  readonly firstOutputMs: number;
  /** Between two events once output has begun; not counted while the client is the slow side. */
  readonly silenceMs: number;
  readonly maxEventBytes: number;
  /** `terminal` for answers that are sent whole: nothing is final before the last event. */
  readonly commitAt: 'output' | 'terminal';
}

export interface AttemptEvents {
  /** The upstream answers, whatever it says; headers carry quota. */
  reached(headers: IncomingHttpHeaders): void;
  /** The upstream accepted the request; headers carry the model that runs. */
  accepted(headers: IncomingHttpHeaders): void;
  /** A `codex.rate_limits` event; it is about the account and not for the client. */
  rateLimits(frame: Frame): void;
  /** An event that is not JSON came; it is left out. */
  damaged(): void;
  /** From here on nothing may be taken back: the frames held so far follow. */
  committed(): void;
  frame(frame: Frame): void;
  /** After each chunk; false when the client is slow, and `AttemptHandle.resume` will be called. */
  flush(): boolean;
  /** The terminal event; the last call unless `failed` was. */
  finished(frame: Frame, kind: TerminalKind): void;
  /** The last call. `frame` is the event with which the upstream itself declared the failure after output began. */
  failed(failure: Failure, committed: boolean, frame: Frame | null): void;
  /** When a limit ends, read from a refusal (PROTOCOL 5). */
  readLimit(headers: IncomingHttpHeaders, body: unknown): { readonly resetsAt: number | null; readonly family: string };
}
