import type { IncomingHttpHeaders } from 'node:http';
import type { Attempt as AttemptRow } from '../../src-shared/contract/call.ts';
import type { Decision } from '../../src-shared/domain/decision.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import { Attempt } from './attempt.ts';
import type { AttemptEvents, AttemptLimits } from './attempt-events.ts';
import { type Failure, unsentFailure, worthFailover } from './failure.ts';
import { learn, learnOrigin } from './learn.ts';
import { nextStep, type TryStep } from './next-step.ts';
import { type OpenAttempt, openAttempt } from './open-attempt.ts';
import type { AnswerSink, RoutedAccount, RoutedRequest, RouteReport } from './ports.ts';
import { newProgress, noteFailure, type Progress, searchLeftMs } from './progress.ts';
import { createRouteWaits, type RouteWaits } from './route-waits.ts';
import type { RouteListener, RouterPorts, RunningRoute } from './router.ts';
import { createSplice, type Splice } from './splice.ts';
import { survey } from './survey.ts';

/** One replay with the pair that another program renewed, one with a pair that Relay renewed (PROTOCOL 1.3, recovery ladder). */
const MAX_REPLAYS = 2;

/** What an attempt is sent with. */
interface Sending {
  readonly account: RoutedAccount;
  /** The same account again, after it refused encrypted state. */
  readonly again: boolean;
}

/**
 * One call on its way through its attempts: choose, send, watch, move on; the one retry loop in the whole program (FAULTS 1.1).
 *
 *     choosing -> waiting -> choosing        no account is free yet, or the next attempt must not follow at once
 *     choosing -> sending -> (answered)      an attempt runs; until its first output any failure goes back to choosing
 *     sending -> recovering -> sending       a refused login may have been renewed meanwhile
 *     any -> over                            answered, given up, or cancelled
 */
export class Route implements RunningRoute {
  private state: 'choosing' | 'waiting' | 'sending' | 'recovering' | 'over' = 'choosing';
  private readonly ports: RouterPorts;
  private readonly request: RoutedRequest;
  private readonly sink: AnswerSink;
  private readonly listener: RouteListener;
  private readonly progress: Progress;
  private readonly rows: AttemptRow[] = [];
  private readonly decisions: Decision[] = [];
  private readonly splice: Splice | null;
  private readonly waits: RouteWaits;
  /** All waits before the first output (ms). */
  private waitedMs: number | null = null;
  private attempt: Attempt | null = null;
  private open: OpenAttempt | null = null;
  private account: RoutedAccount | null = null;
  private headers: IncomingHttpHeaders = {};
  private authorization = '';
  private replays = 0;
  private sentAt: number | null = null;
  private outputAt: number | null = null;
  private failedBefore: number | null = null;
  /** The attempt that runs is a metered key's in place of a subscription; `overflow` once it gave output. */
  private standsIn = false;
  private overflow = false;

  constructor(ports: RouterPorts, request: RoutedRequest, sink: AnswerSink, listener: RouteListener) {
    this.ports = ports;
    this.request = request;
    this.sink = sink;
    this.listener = listener;
    const owner = ports.affinity.tie(request.conversationId);
    this.splice = request.splice ? createSplice(sink.frame) : null;
    this.progress = newProgress(ports.settings(), owner, ports.clock.monotonic(), request.clientTimeoutMs);
    this.waits = createRouteWaits(ports, this.progress);
  }

  next(): void {
    this.state = 'choosing';
    const step = nextStep(this.ports, this.request, this.progress);
    if (step.do === 'try') return this.take(step);
    if (step.do === 'wait') {
      this.state = 'waiting';
      return this.waits.start(step.ms, step.why, () => this.next());
    }
    if (step.decision !== null) this.decisions.push(step.decision);
    this.giveUp(step.error, false, null);
  }

  resume(): void {
    this.attempt?.resume();
  }

  cancel(): RouteReport {
    if (this.state === 'over') return this.report();
    this.state = 'over';
    this.waits.end();
    this.attempt?.cancel();
    this.close('cancelled', null);
    return this.report();
  }

  private report(): RouteReport {
    const { rows: attempts, account, decisions, sentAt, outputAt, overflow } = this;
    const { heldMs, totalMs } = this.waits;
    const waitedMs = this.waitedMs ?? totalMs;
    const [lost, failedBefore] = [this.splice?.lost ?? [], this.failedBefore ?? attempts.length];
    return { attempts, lost, account, decisions, sentAt, outputAt, failedBefore, heldMs, waitedMs, overflow };
  }

  private take(step: TryStep): void {
    const { account } = step;
    this.decisions.push(step.decision);
    this.ports.stats.chosen(account.id);
    if (step.overflowCost !== null) this.ports.overflow.reserve(this.request.callId, step.overflowCost);
    this.standsIn = step.overflowCost !== null;
    this.replays = 0;
    void this.send({ account, again: false }, step.paid);
  }

  private async send(sending: Sending, paid = 0): Promise<void> {
    const { ports, request, progress } = this;
    const { account } = sending;
    this.state = 'sending';
    this.account = account;
    progress.tried.add(account.id);
    const open = openAttempt(ports, request, account, paid);
    this.open = open;
    try {
      const credential = await ports.accounts.credential(account.id);
      if (this.state !== 'sending') return;
      this.authorization = credential.authorization;
      const sent = {
        model: request.model,
        body: request.body(account, this.splice?.seen() ?? null),
        headers: request.headers(account),
        customTools: request.customTools,
        // The ids of items are made from it, and an answer that is gone on with holds items of several attempts.
        responseId: `resp_${request.callId}${this.rows.length === 0 ? '' : `_${this.rows.length}`}`,
        createdAt: open.startedAt,
      };
      if (this.outputAt === null) this.sentAt = ports.clock.monotonic();
      this.attempt = new Attempt(this.limits(), this.eventsOf(sending, open), (observer) =>
        ports.upstreamOf(account).respond(account, credential, sent, observer),
      );
    } catch (thrown) {
      if (this.state !== 'sending') return;
      const error = thrown instanceof RelayError ? thrown : new RelayError('internal_error', { cause: thrown });
      this.failed(sending, unsentFailure(error), false, null);
    }
  }

  private limits(): AttemptLimits {
    const { limits } = this.progress;
    const leftMs = Math.max(1, searchLeftMs(this.progress, this.ports.clock.monotonic()));
    return {
      firstOutputMs: Math.min(limits['timeouts.firstOutputMs'], leftMs),
      silenceMs: limits['timeouts.silenceMs'],
      maxEventBytes: limits['limits.eventBytes'],
      commitAt: this.request.stream ? 'output' : 'terminal',
    };
  }

  private eventsOf(sending: Sending, open: OpenAttempt): AttemptEvents {
    const { ports, request, sink } = this;
    const { account } = sending;
    return {
      reached: (headers) => {
        ports.accounts.recordHeaders(account.id, headers, open.reached());
      },
      accepted: (headers) => {
        ports.accounts.accepted(account.id);
        const turnState = headers['x-codex-turn-state'];
        if (typeof turnState === 'string') ports.affinity.tieTurnState(turnState, account.id);
        if (this.rows.length > 0) sink.reset();
        this.headers = headers;
        if (!request.stream) sink.open(account, headers, this.report());
      },
      damaged: open.damaged,
      rateLimits: (frame) => {
        ports.accounts.recordEvent(account.id, frame.buf.subarray(frame.dataStart, frame.dataEnd));
      },
      committed: () => {
        this.failedBefore ??= this.rows.length;
        this.waitedMs ??= this.waits.totalMs;
        this.outputAt ??= ports.clock.monotonic();
        this.overflow ||= this.standsIn;
        open.output();
        ports.affinity.bind(request.conversationId, account.id, request.served(account));
        if (this.splice?.goesOn() !== true && request.stream) sink.open(account, this.headers, this.report());
      },
      frame: (frame) => {
        if (frame.type === 'response.output_item.done') learnOrigin(ports, request.conversationId, account.id, frame);
        if (this.splice === null) sink.frame(frame);
        else if (!this.splice.frame(frame)) this.lostThread(sending);
      },
      flush: () => sink.flush(),
      finished: (frame, kind) => {
        const last = this.splice === null ? frame : this.splice.finish(frame);
        if (last === null) return this.lostThread(sending);
        this.state = 'over';
        this.close('served', null);
        this.listener.finished(last, kind, this.report());
      },
      failed: (failure, committed, frame) => this.failed(sending, failure, committed, frame),
      readLimit: ports.accounts.readLimit,
    };
  }

  private failed(sending: Sending, failure: Failure, committed: boolean, frame: Frame | null): void {
    const { account, again } = sending;
    this.close('failed', failure);
    noteFailure(this.progress, account.id, failure);
    learn(this.ports, account, this.request.model, failure);
    if (committed) return this.brokeOff(account, failure, frame);
    if (failure.blame === 'login') return void this.recover(sending, failure);
    if (failure.blame === 'foreign-state') {
      if (!again && this.request.refused(account)) return void this.send({ account, again: true });
      // It may be any other's.
      if (this.request.boundTo === null) return this.next();
    }
    if (!worthFailover(failure)) return this.giveUp(failure.error, false, null);
    this.next();
  }

  /** An attempt failed after output: another one goes on with its answer, or the client gets the error. */
  private brokeOff(account: RoutedAccount, failure: Failure, frame: Frame | null): void {
    const { ports, request, progress, splice } = this;
    if (splice?.broke(failure, account, this.rows.at(-1)!)) {
      progress.beganAt = ports.clock.monotonic();
      return this.next();
    }
    // The client's own retry is to land on another account, where one can serve.
    const other = worthFailover(failure) ? survey(ports, request, progress).account : null;
    if (other !== null) ports.affinity.bind(request.conversationId, other.id, { mixed: true, compacted: false });
    this.giveUp(failure.error, true, frame === null || splice === null ? frame : splice.failure(frame));
  }

  /** The attempt answers, but with nothing that could be the rest of the answer that broke off. */
  private lostThread(sending: Sending): void {
    this.attempt?.cancel();
    const error = new RelayError('upstream_invalid_response');
    const nothing = { httpStatus: null, fault: null, family: null, restUntil: null };
    this.failed(sending, { ...nothing, error, blame: 'request' }, true, null);
  }

  /** After a 401: the same account again where its login could be renewed, else the next one. */
  private async recover(sending: Sending, failure: Failure): Promise<void> {
    this.state = 'recovering';
    const outcome = await this.ports.accounts.recover(sending.account.id, this.authorization, failure.error.message);
    if (this.state !== 'recovering') return;
    if (outcome !== 'renewed' || this.replays >= MAX_REPLAYS) return this.next();
    this.replays += 1;
    void this.send(sending);
  }

  private giveUp(error: RelayError, committed: boolean, frame: Frame | null): void {
    this.state = 'over';
    const cut = this.splice?.givenUp(error) ?? null;
    if (cut === null) this.listener.failed(error, committed, frame, this.report());
    else this.listener.failed(cut, true, null, this.report());
  }

  private close(outcome: AttemptRow['outcome'], failure: Failure | null): void {
    if (this.open === null) return;
    this.rows.push(this.open.close(outcome, failure));
    this.open = null;
  }
}
