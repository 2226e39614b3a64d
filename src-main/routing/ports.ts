import type { IncomingHttpHeaders } from 'node:http';
import type { AccountPolicy } from '../../src-shared/contract/account.ts';
import type { Attempt as AttemptRow } from '../../src-shared/contract/call.ts';
import type { Decision } from '../../src-shared/domain/decision.ts';
import type { QuotaWindow } from '../../src-shared/domain/window.ts';
import type { Credential } from '../protocol/credential.ts';
import type { LostAnswer } from '../protocol/splice/lost-usage.ts';
import type { SeenAnswer } from '../protocol/splice/seen-answer.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { UpstreamAccount } from '../upstreams/upstream.ts';

/** What routing knows of an account; read on every call, so plain and synchronous. */
export interface RoutedAccount extends UpstreamAccount {
  readonly label: string;
  readonly enabled: boolean;
  readonly policy: AccountPolicy;
  readonly position: number;
  readonly maxConcurrency: number | null;
  readonly pause: { readonly until: number | null } | null;
  readonly pinnedUntil: number | null;
  readonly needsSignIn: string | null;
  /** Why the secret cannot be read; `null` while it can. */
  readonly keyringLocked: string | null;
  /** `null` while the account's list is not known. */
  readonly models: ReadonlySet<string> | null;
  /** Model to when it may be tried again. */
  readonly unsupported: ReadonlyMap<string, number>;
  readonly windows: ReadonlyMap<string, QuotaWindow>;
  /** Limit family to its rest. */
  readonly rests: ReadonlyMap<string, { readonly until: number; readonly reason: string }>;
  inFlight: number;
  lastUsedAt: number;
}

/** The pool as routing uses it. */
export interface AccountPool {
  list(): readonly RoutedAccount[];
  credential(accountId: string): Promise<Credential>;
  /** The head of any answer, after `tookMs`. */
  recordHeaders(accountId: string, headers: IncomingHttpHeaders, tookMs?: number): void;
  /** The upstream took the account's credential: an answer has begun. */
  accepted(accountId: string): void;
  recordEvent(accountId: string, event: Buffer): void;
  /** When the limit in a refusal ends (ms) and which family it belongs to. */
  readLimit(headers: IncomingHttpHeaders, body: unknown): { readonly resetsAt: number | null; readonly family: string };
  rest(accountId: string, family: string, until: number, reason: string): void;
  /** The upstream's own word that a limit is over; one that the person asked for stays. */
  clearRest(accountId: string, family: string): void;
  needsSignIn(accountId: string, reason: string): void;
  /**
   * After a 401 with the credential given: whether the account holds another one now (`renewed`: try it again), needs a
   * person (`refused`: that is written down), or may work a little later (`later`: it rests until then). Never rejects.
   */
  recover(accountId: string, refusedAuthorization: string, reason: string): Promise<'renewed' | 'refused' | 'later'>;
  lacksModel(accountId: string, model: string, until: number): void;
  /** The wall clock was put back by that much (ms), or forward again: what ends by itself ends when it would have ended. */
  clockPutBack(ms: number): void;
}

/** What an account that answers a conversation must remember of it. */
export interface ConversationState {
  /** Its input holds encrypted state that is not known to be this account's. */
  readonly mixed: boolean;
  /** Its input holds encrypted state that cannot be left out. */
  readonly compacted: boolean;
}

/** A call as routing sees it: what it must know to choose, and the body for whichever account is chosen. */
export interface RoutedRequest {
  readonly callId: string;
  readonly model: string;
  readonly conversationId: string;
  readonly stream: boolean;
  /** Accounts that the call's key may use; `null` for all. */
  readonly allowedAccounts: readonly string[] | null;
  /** The call's key consents to metered keys in place of subscriptions. */
  readonly overflow: boolean;
  /** What the call's cost on a metered key depends on. */
  readonly requestBytes: number;
  readonly maxOutputTokens: number | null;
  readonly serviceTier: string | null;
  /** How long the client itself waits for an answer (ms); `null` where it does not say. */
  readonly clientTimeoutMs: number | null;
  /** The one account that can read the encrypted state which the input cannot do without (PROTOCOL 9.1); `null` where any will do. */
  readonly boundTo: string | null;
  /** The answer may be gone on with on another account when it breaks off after output. */
  readonly splice: boolean;
  /**
   * The body for an account's wire, without encrypted state that is not the account's to read. `seen` is an answer that broke
   * off and of which the rest is asked for.
   */
  body(account: RoutedAccount, seen: SeenAnswer | null): Buffer;
  /** The account has refused the encrypted state in its body. Whether there is any to leave out, as the next body does. */
  refused(account: RoutedAccount): boolean;
  /** The account answers with what its body held. What to remember of the conversation. */
  served(account: RoutedAccount): ConversationState;
  headers(account: RoutedAccount): Record<string, string>;
  /** Custom tools that the last body for a Chat upstream holds as functions. */
  readonly customTools: ReadonlySet<string>;
}

/** An attempt whose answer broke off and was gone on with by the next. */
export interface LostAttempt {
  readonly account: RoutedAccount;
  readonly answer: LostAnswer;
}

/** How a call went, told to whoever answers and settles it. */
export interface RouteReport {
  /** The attempts that are over. */
  readonly attempts: readonly AttemptRow[];
  /** Those of them that broke off and were gone on with. */
  readonly lost: readonly LostAttempt[];
  /** The account of the last attempt. */
  readonly account: RoutedAccount | null;
  /** One for each choice, in order. */
  readonly decisions: readonly Decision[];
  /** How long the call waited for an account to come back (ms); `null` where it did not. */
  readonly heldMs: number | null;
  /** All time between attempts before the first output (ms). */
  readonly waitedMs: number;
  /** A metered key stands in for subscriptions. */
  readonly overflow: boolean;
  /** When the request left that brought the first output, or the last one where none did; and when it came (monotonic ms). */
  readonly sentAt: number | null;
  readonly outputAt: number | null;
  /** How many attempts had failed before the first output. */
  readonly failedBefore: number;
}

/** Where the answer goes. Every method is called at most once, but for `frame`, `flush` and `reset`. */
export interface AnswerSink {
  /** The account that will answer, before any frame: headers may be written now. */
  open(account: RoutedAccount, headers: IncomingHttpHeaders, report: RouteReport): void;
  frame(frame: Frame): void;
  /** Writes what the frames since the last flush made; false when the client is slow. */
  flush(): boolean;
  /** Forgets the frames so far: another attempt begins (answers that are sent whole only). */
  reset(): void;
}
