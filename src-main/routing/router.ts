import type { IncomingHttpHeaders } from 'node:http';
import type { Attempt as AttemptRow } from '../../src-shared/contract/call.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Decision } from '../../src-shared/domain/decision.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { PLAN_FAMILY } from '../accounts/account.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import type { Affinity } from './affinity.ts';
import { Attempt } from './attempt.ts';
import type { Chooser, Wanted } from './chooser.ts';
import type { TerminalKind } from './event-kind.ts';
import { exhausted } from './exhausted.ts';
import { type Failure, worthFailover } from './failure.ts';
import type { AccountPool, AnswerSink, RoutedAccount, RoutedRequest, RouteReport } from './ports.ts';
import type { RoutingStats } from './stats.ts';

export interface RouterPorts {
  readonly accounts: AccountPool;
  readonly upstreamOf: (account: RoutedAccount) => Upstream;
  readonly affinity: Affinity;
  readonly settings: () => Settings;
  readonly chooser: Chooser;
  readonly stats: RoutingStats;
  readonly clock: Clock;
}

export interface RouteListener {
  finished(frame: Frame, kind: TerminalKind, report: RouteReport): void;
  /** `frame` is the event with which the upstream declared the failure after output. */
  failed(error: RelayError, committed: boolean, frame: Frame | null, report: RouteReport): void;
}

export interface RunningRoute {
  /** The client can take more. */
  resume(): void;
  cancel(): RouteReport;
}

export interface Router {
  route(request: RoutedRequest, sink: AnswerSink, listener: RouteListener): RunningRoute;
}

/** One replay with the pair that another program renewed, one with a pair that Relay renewed (PROTOCOL 1.3, recovery ladder). */
const MAX_REPLAYS = 2;
/** What an account's credential is refused with: the next account may have one. */
const withoutCredential = new Set<string>(['no_available_accounts', 'upstream_unavailable', 'secrets_locked']);
/** For how long an account is not asked again for a model that it refused (FAULTS U-09). */
const LACKS_MODEL_MS = 3_600_000;

/** Carries one call through its attempts: choose, send, watch, move on; one retry loop in the whole program (FAULTS 1.1). */
export function createRouter(ports: RouterPorts): Router {
  return { route: (request, sink, listener) => startRoute(ports, request, sink, listener) };
}

function startRoute(
  { accounts, upstreamOf, affinity, settings, chooser, stats, clock }: RouterPorts,
  request: RoutedRequest,
  sink: AnswerSink,
  listener: RouteListener,
): RunningRoute {
  const limits = settings();
  const rows: AttemptRow[] = [];
  const decisions: Decision[] = [];
  const tried = new Set<string>();
  let attempt: Attempt | null = null;
  let account: RoutedAccount | null = null;
  let attemptStartedAt = 0;
  let attemptBegan = 0;
  let firstByteMs: number | null = null;
  let sentAt: number | null = null;
  let outputAt: number | null = null;
  let over = false;
  let lastFailure: Failure | null = null;
  let authorization = '';
  let replays = 0;

  const owner = affinity.owner(request.conversationId);
  const wanted: Wanted = {
    model: request.model,
    allowedAccounts: request.allowedAccounts,
    tried,
    owner: owner === null ? null : { accountId: owner, cachedTokens: null },
    boundTo: null,
  };
  const report = (): RouteReport => ({ attempts: rows, account, decisions, sentAt, outputAt });

  const closeRow = (outcome: AttemptRow['outcome'], failure: Failure | null): void => {
    if (account === null) return;
    account.inFlight -= 1;
    if (outcome === 'served') {
      // A whole answer counts its first output only when it is complete, which is no time to a first token.
      const ttftMs = request.stream && outputAt !== null ? outputAt - attemptBegan : null;
      stats.served(account.id, request.model, ttftMs);
    } else if (failure?.blame === 'path') {
      stats.failed(account.id, request.model);
    }
    rows.push({
      accountId: account.id,
      accountLabel: account.label,
      startedAt: attemptStartedAt,
      outcome,
      httpStatus: failure === null ? (outcome === 'served' ? 200 : null) : failure.httpStatus,
      errorCode: failure === null ? null : (failure.error.upstreamCode ?? failure.error.code),
      reason: failure === null ? null : failure.error.message,
      firstByteMs,
      durationMs: clock.monotonic() - attemptBegan,
    });
  };

  const giveUp = (error: RelayError, committed: boolean, frame: Frame | null): void => {
    over = true;
    listener.failed(error, committed, frame, report());
  };

  const next = (): void => {
    const { decision, account: chosen } = chooser.choose(wanted);
    if (chosen === null || tried.size >= limits['routing.maxAttempts']) {
      return giveUp(exhausted(decision, lastFailure), false, null);
    }
    decisions.push(decision);
    stats.chosen(chosen.id);
    replays = 0;
    void begin(chosen, owner !== null && owner !== chosen.id, false);
  };

  /** After a 401: the same account again where its login could be renewed, else the next one. */
  const recover = async (chosen: RoutedAccount, again: boolean, failure: Failure): Promise<void> => {
    const outcome = await accounts.recover(chosen.id, authorization, failure.error.message);
    if (over) return;
    if (outcome !== 'renewed' || replays >= MAX_REPLAYS) return next();
    replays += 1;
    void begin(chosen, again || (owner !== null && owner !== chosen.id), again);
  };

  /** `fresh`: state that another account made is left out. `again`: the same account, after its state was refused. */
  const begin = async (chosen: RoutedAccount, fresh: boolean, again: boolean): Promise<void> => {
    account = chosen;
    tried.add(chosen.id);
    chosen.inFlight += 1;
    chosen.lastUsedAt = clock.now();
    attemptStartedAt = clock.now();
    attemptBegan = clock.monotonic();
    firstByteMs = null;
    try {
      const credential = await accounts.credential(chosen.id);
      if (over) return;
      authorization = credential.authorization;
      const body = request.body(chosen, fresh);
      const sent = {
        model: request.model,
        body,
        headers: request.headers(chosen),
        customTools: request.customTools,
        responseId: `resp_${request.callId}`,
        createdAt: attemptStartedAt,
      };
      sentAt = clock.monotonic();
      const attemptLimits = {
        firstOutputMs: limits['timeouts.firstOutputMs'],
        silenceMs: limits['timeouts.silenceMs'],
        maxEventBytes: limits['limits.eventBytes'],
        commitAt: request.stream ? ('output' as const) : ('terminal' as const),
      };
      attempt = new Attempt(attemptLimits, eventsOf(chosen, again), (observer) =>
        upstreamOf(chosen).respond(chosen, credential, sent, observer),
      );
    } catch (thrown) {
      if (over) return;
      const error = thrown instanceof RelayError ? thrown : new RelayError('internal_error', { cause: thrown });
      const blame = withoutCredential.has(error.code) ? 'path' : 'request';
      attemptFailed(chosen, again, { error, blame, httpStatus: null, family: null, restUntil: null }, false, null);
    }
  };

  const eventsOf = (chosen: RoutedAccount, again: boolean) => ({
    accepted(headers: IncomingHttpHeaders): void {
      firstByteMs = clock.monotonic() - attemptBegan;
      accounts.recordHeaders(chosen.id, headers, firstByteMs);
      const turnState = headers['x-codex-turn-state'];
      if (typeof turnState === 'string') affinity.tieTurnState(turnState, chosen.id);
      if (rows.length > 0) sink.reset();
      acceptedHeaders = headers;
      if (!request.stream) sink.open(chosen, headers, report());
    },
    rateLimits(frame: Frame): void {
      accounts.recordEvent(chosen.id, frame.buf.subarray(frame.dataStart, frame.dataEnd));
    },
    committed(): void {
      outputAt ??= clock.monotonic();
      affinity.tie(request.conversationId, chosen.id);
      if (request.stream) sink.open(chosen, acceptedHeaders, report());
    },
    frame(frame: Frame): void {
      sink.frame(frame);
    },
    flush: (): boolean => sink.flush(),
    finished(frame: Frame, kind: TerminalKind): void {
      over = true;
      closeRow('served', null);
      listener.finished(frame, kind, report());
    },
    failed(failure: Failure, committed: boolean, frame: Frame | null): void {
      attemptFailed(chosen, again, failure, committed, frame);
    },
    readLimit: accounts.readLimit,
  });
  let acceptedHeaders: IncomingHttpHeaders = {};

  const attemptFailed = (
    chosen: RoutedAccount,
    again: boolean,
    failure: Failure,
    committed: boolean,
    frame: Frame | null,
  ): void => {
    closeRow('failed', failure);
    lastFailure = failure;
    learn(accounts, chosen, request.model, failure, clock.now(), limits['cooldown.minMs']);
    if (committed) return giveUp(failure.error, true, frame);
    if (failure.blame === 'login') return void recover(chosen, again, failure);
    if (failure.blame === 'foreign-state' && !again) return void begin(chosen, true, true);
    if (!worthFailover(failure)) return giveUp(failure.error, false, null);
    next();
  };

  next();
  return {
    resume: () => attempt?.resume(),
    cancel() {
      if (over) return report();
      over = true;
      attempt?.cancel();
      closeRow('cancelled', null);
      return report();
    },
  };
}

/** Writes down what a failure says about the account; a fault of the path or the request says nothing about it (FAULTS 1.2.5). */
function learn(
  accounts: AccountPool,
  account: RoutedAccount,
  model: string,
  failure: Failure,
  now: number,
  minRestMs: number,
): void {
  switch (failure.blame) {
    case 'limit':
      accounts.rest(
        account.id,
        failure.family ?? PLAN_FAMILY,
        failure.restUntil ?? now + minRestMs,
        failure.error.message,
      );
      return;
    case 'plan':
      accounts.needsSignIn(account.id, failure.error.message);
      return;
    case 'model':
      accounts.lacksModel(account.id, model, now + LACKS_MODEL_MS);
      return;
    default:
  }
}
