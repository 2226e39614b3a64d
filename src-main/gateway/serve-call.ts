import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { readUsage, type Usage, unknownUsage } from '../../src-shared/domain/usage.ts';
import { asObject, asText, type JsonObject, parseObject } from '../protocol/json-object.ts';
import { createOutputLimit, type OutputLimit } from '../protocol/output-limit.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { Affinity } from '../routing/affinity.ts';
import type { AnswerSink, RoutedAccount, RouteReport } from '../routing/ports.ts';
import type { Router, RunningRoute } from '../routing/router.ts';
import type { Answer, SplicedNote } from './answer.ts';
import type { Call } from './call.ts';
import { noOutcome } from './call.ts';
import type { CallCapture } from './call-capture.ts';
import type { CallPlan } from './call-plan.ts';
import type { GatewayLog } from './ports.ts';

export interface ServePorts {
  readonly router: Router;
  readonly affinity: Affinity;
  readonly clock: Clock;
  readonly keepAliveMs: () => number;
  readonly log: GatewayLog;
}

export interface ServedCall {
  readonly keyId: string;
  isOver(): boolean;
  /** The client reads again. */
  resume(): void;
  /** The client is gone. */
  cancel(reason: string): void;
  /** Ends the call from inside, when Relay is shutting down. */
  abort(error: RelayError): void;
}

export interface ServeOptions {
  readonly call: Call;
  readonly plan: CallPlan;
  readonly answer: Answer;
  /** When something was last written to the client (monotonic ms). */
  readonly lastWriteAt: () => number;
  /** The account that answers is known, before the answer's head is written. */
  readonly onOpen: (report: RouteReport) => void;
  readonly onOver: () => void;
  /** Ends the client's connection, where not even an error can be written to it. */
  readonly cut: () => void;
  /** Keeps the bodies, where the key asks for that. */
  readonly capture?: CallCapture | null;
  /** The id that the client sees in place of the account's own; `null` where it sees that. */
  readonly responseId?: (account: RoutedAccount) => string | null;
}

/** Runs one admitted call to its end: routed, answered, settled. The ledger has the final row before the client has the last byte. */
export function serveCall(ports: ServePorts, options: ServeOptions): ServedCall {
  const { call, plan, answer } = options;
  let over = false;

  const settle = (
    status: 'ok' | 'error' | 'cancelled' | 'interrupted',
    httpStatus: number | null,
    report: RouteReport,
    more = {},
  ): void => {
    over = true;
    clearInterval(heartbeat);
    call.record.dropped = plan.dropped();
    call.settle({ ...noOutcome, status, httpStatus, report, ...more });
    options.onOver();
  };
  const broke = (thrown: unknown): void =>
    ports.log.error({ err: thrown, call: call.record.id }, 'A call failed inside Relay');
  /** The row is written: whatever happens now, the client is not left waiting. */
  const end = (last: () => void): void => {
    try {
      last();
    } catch (thrown) {
      broke(thrown);
      options.cut();
    }
  };

  const failed = (error: RelayError, report: RouteReport, frame: Frame | null, interrupted = false): void => {
    if (over) return;
    if (error.code === 'internal_error') broke(error.cause);
    options.onOpen(report);
    settle(interrupted ? 'interrupted' : 'error', answer.begun() ? 200 : error.status, report, { error });
    end(() => answer.fail(error, frame));
  };

  const heartbeatMs = ports.keepAliveMs();
  const heartbeat = plan.stream
    ? setInterval(() => {
        if (!over && ports.clock.monotonic() - options.lastWriteAt() >= heartbeatMs) answer.keepAlive();
      }, heartbeatMs)
    : undefined;

  let route: RunningRoute | null = null;
  let limit = outputLimit(plan);
  /** While an account answers that does not keep to it by itself. */
  let held: OutputLimit | null = null;
  const sink: AnswerSink = {
    open(account, headers, report) {
      options.onOpen(report);
      options.capture?.opened(headers);
      held = account.kind === 'chatgpt' ? limit : null;
      answer.open(account, headers, report);
    },
    frame(frame) {
      if (held === null || held.take(frame)) answer.frame(frame);
    },
    reset() {
      limit = outputLimit(plan);
      answer.reset();
    },
    flush(): boolean {
      const ready = answer.flush();
      if (held?.reached() && !over) cut(held);
      if (answer.stopped() && !over) stopped();
      return ready;
    },
  };
  const stopped = (): void => {
    const report = route?.cancel();
    settle('ok', 200, { ...emptyReport, ...report }, { reason: 'cut at a stop sequence' });
    end(answer.stop);
  };

  /** The backend behind a ChatGPT login takes no limit of output (PROTOCOL 9): Relay ends the answer in its place. */
  const cut = (at: OutputLimit): void => {
    const report = route?.cancel() ?? emptyReport;
    const inputTokens = plan.inputTokens();
    const usage = { ...nothingCached, inputTokens, outputTokens: at.tokens(), reasoningTokens: null };
    const { closing, last, event } = at.ending(usageShape(usage));
    const facts = terminalFacts(event, plan);
    options.onOpen(report);
    settle('ok', 200, report, {
      ...facts,
      usage,
      estimated: true,
      reason: `cut at ${plan.maxOutputTokens} tokens of output, the limit of its key`,
    });
    end(() => {
      for (const frame of closing) answer.frame(frame);
      answer.finish(last, event);
    });
  };

  call.record.dropped = plan.dropped();
  try {
    route = ports.router.route(options.capture?.seen(plan.request) ?? plan.request, sink, {
      finished(frame, _kind, report) {
        if (over) return;
        if (held?.reached()) return cut(held);
        // An answer in one piece writes its head only now, when all attempts are known.
        options.onOpen(report);
        const event = parseObject(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd)) ?? {};
        const facts = terminalFacts(event, plan);
        if (report.account !== null) {
          ports.affinity.cached(plan.request.conversationId, report.account.id, tokensInCache(facts.usage));
        }
        const responseId = report.account === null ? null : (options.responseId?.(report.account) ?? null);
        settle('ok', 200, report, responseId === null ? facts : { ...facts, responseId });
        end(() => {
          if (report.lost.length > 0) answer.spliced(noteOf(report));
          answer.finish(frame, event);
        });
      },
      failed(error, _committed, frame, report) {
        failed(error, report, frame);
      },
    });
  } catch (thrown) {
    failed(new RelayError('internal_error', { cause: thrown }), emptyReport, null);
  }

  return {
    keyId: call.record.keyId,
    isOver: () => over,
    resume: () => route?.resume(),
    cancel(reason) {
      if (over) return;
      const report = route?.cancel() ?? emptyReport;
      settle('cancelled', answer.begun() ? 200 : 499, report, { reason });
    },
    abort(error) {
      if (over) return;
      failed(error, route?.cancel() ?? emptyReport, null, true);
    },
  };
}

const outputLimit = ({ maxOutputTokens }: CallPlan): OutputLimit | null =>
  maxOutputTokens === null ? null : createOutputLimit(maxOutputTokens);

/** Nobody said what came from a cache. */
const nothingCached = { cachedTokens: 0, cacheWriteTokens: 0 } as const;

const usageShape = ({ inputTokens, outputTokens }: Usage): JsonObject => ({
  input_tokens: inputTokens,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: outputTokens,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: (inputTokens ?? 0) + (outputTokens ?? 0),
});

const emptyReport: RouteReport = {
  attempts: [],
  lost: [],
  account: null,
  decisions: [],
  heldMs: null,
  waitedMs: 0,
  overflow: false,
  sentAt: null,
  outputAt: null,
  failedBefore: 0,
};

const noteOf = ({ lost, account }: RouteReport): SplicedNote => ({
  type: 'relay.spliced',
  times: lost.length,
  account: account?.label ?? null,
});

function terminalFacts(event: JsonObject, plan: CallPlan) {
  const response = asObject(event['response']);
  return {
    usage: response === null ? unknownUsage : readUsage(response['usage']),
    modelRan: asText(response?.['model']) ?? plan.resolved.model,
    responseId: asText(response?.['id']),
  };
}

/** What the upstream's prompt cache holds after an answer: what it found there and what it put there. */
const tokensInCache = ({ cachedTokens, cacheWriteTokens }: Usage): number | null =>
  cachedTokens === null ? null : cachedTokens + (cacheWriteTokens ?? 0);
