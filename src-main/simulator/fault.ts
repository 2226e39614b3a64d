import type { JsonObject } from './json-object.ts';

/** What a request is for; faults without `when.endpoint` are played on model requests only. */
export type Endpoint =
  | 'responses'
  | 'chat'
  | 'compact'
  | 'upgrade'
  | 'embeddings'
  | 'models'
  | 'usage'
  | 'accounts-check'
  | 'reset-credits'
  | 'authorize'
  | 'token'
  | 'revoke'
  | 'device-start'
  | 'device-poll'
  | 'whoami';

interface Match {
  readonly when?: { readonly model?: string; readonly endpoint?: Endpoint };
  /** How many requests it is played on before the script moves on; 1 when not given. */
  readonly times?: number;
}

/** How a connection ends: socket FIN inside the body, TCP reset, or an orderly end of a body that is not finished. */
export type CutManner = 'fin' | 'reset' | 'clean';

/** `deltas`: after `afterDeltas` events whose type ends in `.delta`. */
type StreamPoint = 'headers' | 'created' | 'deltas' | 'item-done';

type FaultKind =
  /** Any reply in place of an answer; a string body is sent as it is. On a WebSocket: an error frame of that status. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: JsonObject | string;
    }
  /** The plan's window is full (capture 64): as status 429, or hidden in a 200 stream as an error event or a failed response. */
  | {
      readonly kind: 'usage-limit';
      readonly resetsInSeconds: number;
      readonly as?: 'status' | 'error-event' | 'failed-event';
      readonly window?: 'fiveHour' | 'weekly';
    }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly afterDeltas?: number;
      readonly beforeCreated?: boolean;
    }
  /** A top-level `error` event, after which the stream ends. */
  | { readonly kind: 'error-event'; readonly code: string; readonly message: string; readonly afterDeltas?: number }
  | {
      readonly kind: 'cut';
      readonly at: 'upload' | 'before-headers' | StreamPoint;
      readonly afterDeltas?: number;
      readonly how?: CutManner;
    }
  /** Everything but the terminal event, then an orderly end. */
  | { readonly kind: 'no-terminal' }
  /** Nothing more for `ms`, or until the client leaves or the simulator stops. */
  | {
      readonly kind: 'silence';
      readonly at: 'before-headers' | StreamPoint;
      readonly afterDeltas?: number;
      readonly ms?: number;
    }
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  | { readonly kind: 'pace'; readonly perEventMs: number }
  | { readonly kind: 'json-200'; readonly body?: JsonObject }
  | { readonly kind: 'empty-200' }
  | { readonly kind: 'incomplete'; readonly reason: string; readonly afterDeltas?: number }
  | { readonly kind: 'stay-open' }
  | { readonly kind: 'after-terminal' }
  | { readonly kind: 'two-terminals' }
  | { readonly kind: 'usage'; readonly usage: 'missing' | 'null' | 'null-details' | 'floats' | 'no-details' }
  | { readonly kind: 'invalid-json'; readonly afterDeltas?: number }
  /** Unknown events, comments, empty data lines and a rate-limit event between all others. */
  | { readonly kind: 'noise' }
  /** One image result of that many bytes before the terminal event. */
  | { readonly kind: 'big-event'; readonly bytes: number }
  | { readonly kind: 'line-ends'; readonly lineEnd: 'cr' | 'crlf' }
  /** Cuts the body into pieces of these sizes, over and over, whatever the events are. */
  | { readonly kind: 'chunks'; readonly sizes: readonly number[] }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: 301 | 302 | 303 | 307 | 308 }
  /** SSE comments, WebSocket pings, or keep-alive events, before the first output. */
  | {
      readonly kind: 'keepalives';
      readonly form: 'comment' | 'event' | 'ping';
      readonly count: number;
      readonly everyMs: number;
    }
  /** Goes on sending after the client left, up to that many bytes. */
  | { readonly kind: 'ignore-cancel'; readonly bytes: number; readonly afterDeltas?: number }
  /** Sets (or with null removes) headers of the answer, the quota headers among them. */
  | { readonly kind: 'headers'; readonly set: Readonly<Record<string, string | null>> }
  /** WebSocket only: the server closes with this code; 1006 drops the connection without a close frame. */
  | { readonly kind: 'close'; readonly code: number; readonly reason?: string; readonly afterDeltas?: number }
  /** WebSocket only: the upgrade is answered with this status. */
  | { readonly kind: 'upgrade-refused'; readonly status: number; readonly body?: JsonObject }
  /** Sign-in only. */
  | { readonly kind: 'wrong-account'; readonly accountId: string }
  | { readonly kind: 'no-refresh-token' }
  | { readonly kind: 'denied'; readonly error: string; readonly description: string };

/** One planned misbehaviour of a simulated account. Plain data, so that a rehearsal can be written as JSON. */
export type Fault = Match & FaultKind;

/** What one request meets: nothing, one fault, or several at once (say, CR line ends cut into single bytes). */
export type ScriptEntry = Fault | readonly Fault[] | null;
