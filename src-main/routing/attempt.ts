import type { IncomingHttpHeaders } from 'node:http';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createFrameSplitter, type Frame, type FrameSplitter } from '../protocol/sse-frames.ts';
import type { Exchange, ExchangeObserver } from '../upstreams/exchange.ts';
import type { AttemptEvents, AttemptLimits } from './attempt-events.ts';
import { asDeclared, classifyRefusal } from './classify.ts';
import { isDamaged, isKeepAlive, isOutput, type TerminalKind, terminalOf } from './event-kind.ts';
import { connectionFault, type Failure, ownFailure, pathFailure } from './failure.ts';
import { type RefusalFacts, refusalOfAnswer, refusalOfEvent } from './refusal-facts.ts';

/** Handshake events that are held until the first output, at most this many (FAULTS 1.2.1). */
const MAX_HELD = 16;
const MAX_ERROR_BODY = 64 * 1024;
const ERROR_BODY_MS = 5_000;
/** How long an upstream may keep its connection after the terminal event before it is closed (FAULTS U-24). */
const LINGER_MS = 250;

type State = 'waiting' | 'refused' | 'streaming' | 'over';

/** One try of a call at one account, from the request to its terminal event. It decides nothing about other accounts. */
export class Attempt {
  private readonly limits: AttemptLimits;
  private readonly events: AttemptEvents;
  private readonly splitter: FrameSplitter;
  private exchange: Exchange | null = null;
  private state: State = 'waiting';
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private committed = false;
  private outputBegan = false;
  private held: Frame[] = [];
  private errorBody: Buffer[] = [];
  private errorBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(limits: AttemptLimits, events: AttemptEvents, send: (observer: ExchangeObserver) => Exchange) {
    this.limits = limits;
    this.events = events;
    this.splitter = createFrameSplitter(limits.maxEventBytes, (frame) => this.visit(frame));
    this.timer = setTimeout(() => this.timedOut(), limits.firstOutputMs);
    const exchange = send({
      head: (status, headers) => this.guard(() => this.head(status, headers)),
      data: (chunk) => this.guard(() => this.data(chunk)),
      end: () => this.guard(() => this.end()),
      error: (error) => this.guard(() => this.broken(error)),
    });
    this.exchange = exchange;
    if (this.isOver()) exchange.cancel();
  }

  /** The client can take more. */
  resume(): void {
    if (this.isOver()) return;
    this.armSilence();
    this.exchange?.resume();
  }

  /** The client is gone, or the call is over for another reason. */
  cancel(): void {
    if (this.isOver()) return;
    this.finish();
    this.exchange?.cancel();
  }

  /** The connection would take what is thrown in here for an error of its own, and the upstream would be blamed for it. */
  private guard(step: () => void): void {
    try {
      step();
    } catch (thrown) {
      if (this.isOver()) queueMicrotask(() => Promise.reject(thrown));
      else this.fail(ownFailure(thrown));
    }
  }

  private head(status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.headers = headers;
    this.events.reached(headers);
    if (status === 200 && isEventStream(headers)) {
      this.state = 'streaming';
      this.events.accepted(headers);
      return;
    }
    this.state = 'refused';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refused(), ERROR_BODY_MS);
  }

  private data(chunk: Buffer): void {
    if (this.state === 'refused') {
      this.errorBody.push(chunk);
      this.errorBytes += chunk.length;
      if (this.errorBytes > MAX_ERROR_BODY) this.refused();
      return;
    }
    if (this.state !== 'streaming') return;
    try {
      this.splitter.push(chunk);
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      this.fail(pathFailure(error, 'broken'));
      return;
    }
    if (!this.isOver() && !this.events.flush()) {
      clearTimeout(this.timer);
      this.exchange?.pause();
    }
  }

  private end(): void {
    // Nothing is left to close, and a timer that is left would hold the whole call until it has run.
    if (this.isOver()) return clearTimeout(this.timer);
    if (this.state === 'refused') return this.refused();
    if (this.state !== 'streaming') return;
    this.splitter.finish();
    if (!this.isOver()) this.fail(pathFailure(new RelayError('upstream_stream_truncated'), 'cut'));
  }

  private broken(error: RelayError): void {
    if (this.isOver()) return clearTimeout(this.timer);
    if (this.state === 'refused') return this.refused();
    if (this.state === 'waiting') return this.fail(pathFailure(error, connectionFault(error)));
    this.fail(pathFailure(new RelayError('upstream_stream_truncated', { cause: error }), 'cut'));
  }

  private visit(frame: Frame): void {
    if (this.isOver()) return;
    if (isDamaged(frame)) return this.events.damaged();
    const { type } = frame;
    if (type === 'codex.rate_limits') return this.events.rateLimits(frame);
    const kind = terminalOf(type);
    if (kind === 'failed') return this.declaredFailure(frame);
    if (kind !== null) return this.terminal(frame, kind);
    if (this.committed || this.limits.commitAt === 'terminal') {
      this.progress(type);
      return this.events.frame(frame);
    }
    if (isOutput(type)) {
      this.commit();
      return this.events.frame(frame);
    }
    if (isKeepAlive(frame)) return;
    this.held.push({ ...frame });
    if (this.held.length > MAX_HELD) this.commit();
  }

  private commit(): void {
    this.committed = true;
    this.outputBegan = true;
    this.armSilence();
    this.events.committed();
    for (const frame of this.held) this.events.frame(frame);
    this.held = [];
  }

  private terminal(frame: Frame, kind: TerminalKind): void {
    if (!this.committed) this.commit();
    this.finish();
    this.events.finished(frame, kind);
    this.timer = setTimeout(() => this.exchange?.cancel(), LINGER_MS).unref();
  }

  private declaredFailure(frame: Frame): void {
    const facts = refusalOfEvent(frame, this.headers);
    const failure = this.classify(facts);
    // After output it goes to the client, who is to read the upstream's own code in either protocol (FAULTS U-21).
    this.fail(this.committed ? asDeclared(failure, facts.body) : failure, frame);
  }

  private refused(): void {
    if (this.isOver()) return;
    const { status } = this;
    if (status < 400) return this.fail(pathFailure(notAnAnswer(status), 'broken', status));
    this.fail(this.classify(refusalOfAnswer(status, this.headers, Buffer.concat(this.errorBody))));
  }

  private classify(facts: RefusalFacts): Failure {
    return classifyRefusal({ ...facts, ...this.events.readLimit(facts.headers, facts.body) });
  }

  private timedOut(): void {
    this.fail(pathFailure(new RelayError('upstream_timeout'), 'cut'));
  }

  private fail(failure: Failure, frame: Frame | null = null): void {
    if (this.isOver()) return;
    this.finish();
    this.exchange?.cancel();
    this.events.failed(failure, this.committed, frame);
  }

  private finish(): void {
    this.state = 'over';
    this.held = [];
    clearTimeout(this.timer);
  }

  private isOver(): boolean {
    return this.state === 'over';
  }

  /** Events re-arm the clock of silence, which takes over from the first-output clock at the first output. */
  private progress(type: string): void {
    if (this.outputBegan) {
      if (type !== '') this.timer?.refresh();
    } else if (isOutput(type)) {
      this.outputBegan = true;
      this.armSilence();
    }
  }

  private armSilence(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.timedOut(), this.limits.silenceMs);
  }
}

const isEventStream = (headers: IncomingHttpHeaders): boolean =>
  String(headers['content-type']).includes('text/event-stream');

const notAnAnswer = (status: number): RelayError =>
  status === 200
    ? new RelayError('upstream_invalid_response')
    : new RelayError('upstream_error', { message: `The upstream answered with an unexpected status (${status}).` });
