import type { IncomingHttpHeaders } from 'node:http';
import type { Attempt as AttemptRow } from '../../src-shared/contract/call.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type JsonObject, parseObject } from '../protocol/json-object.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { Credential } from '../upstreams/request-headers.ts';
import type { Upstream, UpstreamRequest } from '../upstreams/upstream.ts';
import { Attempt } from './attempt.ts';
import type { AttemptLimits } from './attempt-events.ts';
import { type Failure, unsentFailure } from './failure.ts';
import { modelFamily } from './limit-families.ts';
import type { AccountPool, RoutedAccount, RouteReport } from './ports.ts';

export interface TrialPorts {
  readonly accounts: Omit<AccountPool, 'list'>;
  readonly upstreamOf: (account: RoutedAccount) => Upstream;
  readonly clock: Clock;
}

export interface Trial {
  readonly limits: Omit<AttemptLimits, 'commitAt'>;
  readonly request: UpstreamRequest;
  /** How long an account rests after a limit without a stated reset. */
  readonly minRestMs: number;
}

export interface TrialOutcome {
  readonly report: RouteReport;
  /** The terminal event; `null` where the upstream gave none. */
  readonly terminal: JsonObject | null;
  /** `null` where the account answered. */
  readonly error: RelayError | null;
}

const LACKS_MODEL_MS = 3_600_000;

/**
 * One call to one account, whatever stands in its way: it is how a person finds out. What the upstream says is learned like
 * from any other call, but for the path, of which one call says little. Never rejects.
 */
export async function runTrial(ports: TrialPorts, account: RoutedAccount, trial: Trial): Promise<TrialOutcome> {
  const { accounts, clock } = ports;
  const rows: AttemptRow[] = [];
  for (let replayed = false; ; replayed = true) {
    const startedAt = clock.now();
    const beganAt = clock.monotonic();
    account.inFlight += 1;
    account.lastUsedAt = startedAt;
    const { credential, result } = await attempt(ports, account, trial);
    account.inFlight -= 1;
    const { failure, outputAt, firstByteAt, terminal } = result;
    rows.push({
      accountId: account.id,
      accountLabel: account.label,
      startedAt,
      outcome: failure === null ? 'served' : 'failed',
      httpStatus: failure === null ? 200 : failure.httpStatus,
      errorCode: failure === null ? null : (failure.error.upstreamCode ?? failure.error.code),
      reason: failure?.error.message ?? null,
      firstByteMs: firstByteAt === null ? null : firstByteAt - beganAt,
      durationMs: clock.monotonic() - beganAt,
    });
    if (failure !== null) learn(accounts, account, trial, failure, clock.now());
    const renewed =
      failure?.blame === 'login' &&
      credential !== null &&
      (await accounts.recover(account.id, credential.authorization, failure.error.message)) === 'renewed';
    if (renewed && !replayed) continue;
    const report: RouteReport = {
      attempts: rows,
      account,
      decisions: [],
      heldMs: null,
      waitedMs: 0,
      overflow: false,
      sentAt: beganAt,
      outputAt,
    };
    return { report, terminal, error: failure?.error ?? null };
  }
}

interface AttemptResult {
  readonly failure: Failure | null;
  readonly terminal: JsonObject | null;
  readonly firstByteAt: number | null;
  readonly outputAt: number | null;
}

async function attempt(
  { accounts, upstreamOf, clock }: TrialPorts,
  account: RoutedAccount,
  { limits, request }: Trial,
): Promise<{ credential: Credential | null; result: AttemptResult }> {
  let credential: Credential;
  try {
    credential = await accounts.credential(account.id);
  } catch (thrown) {
    const error = thrown instanceof RelayError ? thrown : new RelayError('internal_error', { cause: thrown });
    return {
      credential: null,
      result: { failure: unsentFailure(error), terminal: null, firstByteAt: null, outputAt: null },
    };
  }
  const result = await new Promise<AttemptResult>((resolve) => {
    const sentAt = clock.monotonic();
    let firstByteAt: number | null = null;
    let outputAt: number | null = null;
    const end = (failure: Failure | null, terminal: JsonObject | null): void =>
      resolve({ failure, terminal, firstByteAt, outputAt });
    const events = {
      reached(headers: IncomingHttpHeaders): void {
        firstByteAt = clock.monotonic();
        accounts.recordHeaders(account.id, headers, firstByteAt - sentAt);
      },
      accepted: () => accounts.accepted(account.id),
      rateLimits(frame: Frame): void {
        accounts.recordEvent(account.id, frame.buf.subarray(frame.dataStart, frame.dataEnd));
      },
      committed(): void {
        outputAt = clock.monotonic();
      },
      frame(): void {},
      flush: () => true,
      finished: ({ buf, dataStart, dataEnd }: Frame): void =>
        end(null, parseObject(buf.toString('utf8', dataStart, dataEnd))),
      failed: (failure: Failure): void => end(failure, null),
      readLimit: accounts.readLimit,
    };
    new Attempt({ ...limits, commitAt: 'output' }, events, (observer) =>
      upstreamOf(account).respond(account, credential, request, observer),
    );
  });
  return { credential, result };
}

function learn(
  accounts: TrialPorts['accounts'],
  { id }: RoutedAccount,
  { request, minRestMs }: Trial,
  { blame, family, restUntil, error }: Failure,
  now: number,
): void {
  if (blame === 'limit') {
    accounts.rest(id, family ?? modelFamily(request.model), restUntil ?? now + minRestMs, error.message);
  }
  if (blame === 'plan') accounts.needsSignIn(id, error.message);
  if (blame === 'model') accounts.lacksModel(id, request.model, now + LACKS_MODEL_MS);
}
