import type { Attempt as AttemptRow } from '../../src-shared/contract/call.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type JsonObject, parseObject } from '../protocol/json-object.ts';
import type { Upstream, UpstreamRequest } from '../upstreams/upstream.ts';
import { Attempt } from './attempt.ts';
import type { AttemptEvents, AttemptLimits } from './attempt-events.ts';
import { type Failure, unsentFailure } from './failure.ts';
import { type LearnPorts, learn } from './learn.ts';
import { type BookkeepingPorts, openAttempt } from './open-attempt.ts';
import type { RoutedAccount, RouteReport } from './ports.ts';

export interface TrialPorts extends LearnPorts, BookkeepingPorts {
  readonly upstreamOf: (account: RoutedAccount) => Upstream;
}

export interface Trial {
  readonly callId: string;
  readonly limits: Omit<AttemptLimits, 'commitAt'>;
  readonly request: UpstreamRequest;
}

export interface TrialOutcome {
  readonly report: RouteReport;
  /** The terminal event; `null` where the upstream gave none that can be read. */
  readonly terminal: JsonObject | null;
  /** `null` where the account answered. */
  readonly error: RelayError | null;
}

export type TryAccount = (account: RoutedAccount, trial: Trial) => Promise<TrialOutcome>;

/**
 * One call to one account, whatever stands in its way: it is how a person finds out. What its upstream says is learned as from
 * any other call, and a login that was renewed is tried once more. Never rejects.
 */
export function createTrials(ports: TrialPorts): TryAccount {
  return async (account, trial) => {
    const rows: AttemptRow[] = [];
    for (;;) {
      const sentAt = ports.clock.monotonic();
      const { row, failure, authorization, outputAt, terminal } = await attempt(ports, account, trial);
      rows.push(row);
      const { model } = trial.request;
      if (failure !== null) learn(ports, account, model, failure);
      else for (const family of ports.families.of(model)) ports.accounts.clearRest(account.id, family);
      const renewed =
        failure?.blame === 'login' &&
        (await ports.accounts.recover(account.id, authorization, failure.error.message)) === 'renewed';
      if (renewed && rows.length === 1) continue;
      const report: RouteReport = {
        ...{ attempts: rows, lost: [], account, decisions: [], sentAt, outputAt, failedBefore: rows.length - 1 },
        ...{ heldMs: null, waitedMs: 0, overflow: false },
      };
      return { report, terminal, error: failure?.error ?? null };
    }
  };
}

interface Attempted {
  readonly row: AttemptRow;
  readonly failure: Failure | null;
  /** What it was sent with; empty where it was not sent. */
  readonly authorization: string;
  readonly outputAt: number | null;
  readonly terminal: JsonObject | null;
}

async function attempt(
  ports: TrialPorts,
  account: RoutedAccount,
  { callId, limits, request }: Trial,
): Promise<Attempted> {
  const { accounts, upstreamOf, clock } = ports;
  const open = openAttempt(ports, { callId, model: request.model, stream: true }, account, 0);
  const unsent = { authorization: '', outputAt: null, terminal: null };
  try {
    const credential = await accounts.credential(account.id);
    const result = await new Promise<Omit<Attempted, 'row' | 'authorization'>>((resolve) => {
      let outputAt: number | null = null;
      const events: AttemptEvents = {
        reached: (headers) => accounts.recordHeaders(account.id, headers, open.reached()),
        accepted: () => accounts.accepted(account.id),
        damaged: open.damaged,
        rateLimits: ({ buf, dataStart, dataEnd }) => accounts.recordEvent(account.id, buf.subarray(dataStart, dataEnd)),
        committed() {
          outputAt = clock.monotonic();
          open.output();
        },
        frame: () => undefined,
        flush: () => true,
        finished: ({ buf, dataStart, dataEnd }) =>
          resolve({ failure: null, outputAt, terminal: parseObject(buf.toString('utf8', dataStart, dataEnd)) }),
        failed: (failure) => resolve({ failure, outputAt, terminal: null }),
        readLimit: accounts.readLimit,
      };
      new Attempt({ ...limits, commitAt: 'output' }, events, (observer) =>
        upstreamOf(account).respond(account, credential, request, observer),
      );
    });
    const row = open.close(result.failure === null ? 'served' : 'failed', result.failure);
    return { ...result, row, authorization: credential.authorization };
  } catch (thrown) {
    const error = thrown instanceof RelayError ? thrown : new RelayError('internal_error', { cause: thrown });
    const failure = unsentFailure(error);
    return { ...unsent, row: open.close('failed', failure), failure };
  }
}
