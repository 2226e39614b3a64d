import type { AccountView } from '../../src-shared/contract/account.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { PublicStatus, Readiness } from '../../src-shared/contract/public-status.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Database } from '../ledger/database.ts';
import { uncaughtErrors } from '../log/uncaught-errors.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import {
  type GatewayFacts,
  gatewayProbe,
  poolMeasurement,
  poolProbe,
  type SecretsFacts,
  type StorageFacts,
  secretsProbe,
  storageProbe,
} from './probes.ts';
import { createStatusBoard } from './status-board.ts';
import { createUpstreamWatch } from './upstream-watch.ts';

export interface StatusPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly version: string;
  readonly startedAt: number;
  readonly accounts: () => readonly AccountView[];
  /** The host that an account's calls go to; `null` where there is no such account any more. */
  readonly hostOf: (accountId: string) => string | null;
  readonly onCall: (listener: (call: CallRecord) => void) => () => void;
  readonly callsInFlight: () => number;
  /** Events of upstreams that were not JSON, since the start. */
  readonly damagedEvents: () => number;
  readonly gateway: GatewayFacts;
  readonly storage: StorageFacts;
  readonly secrets: SecretsFacts;
  readonly schedule: (run: () => void, afterMs: number) => () => void;
  readonly storageFailed: (error: unknown) => void;
}

export interface Status {
  view(): PublicStatus;
  /** Whether a call could be served now, and what stands in the way. */
  readiness(): Readiness;
  readonly metrics: Metrics;
  /** A request of Relay's own to an account's upstream went well or failed. */
  probed(accountId: string, ok: boolean): void;
  measure(): Promise<void>;
  start(): void;
  stop(): void;
}

/** How every part of Relay is: for the status page, health checks and metrics. */
export async function createStatus(ports: StatusPorts): Promise<Status> {
  const { clock, accounts, gateway, storage } = ports;
  const watch = createUpstreamWatch(ports.hostOf);
  const metrics = createMetrics({
    accounts,
    callsInFlight: ports.callsInFlight,
    damagedEvents: ports.damagedEvents,
    uncaughtErrors: () => uncaughtErrors.count,
  });
  const parts = [gatewayProbe(gateway), poolProbe(accounts), storageProbe(storage), secretsProbe(ports.secrets)];
  const upstreams = () => {
    const hosts = accounts().flatMap(({ id, enabled }) => (enabled ? (ports.hostOf(id) ?? []) : []));
    return [...new Set(hosts)].sort().map((host) => ({
      id: `upstream:${host}`,
      name: host,
      measure: () => watch.measure(host, clock.now()),
    }));
  };
  const board = await createStatusBoard({ ...ports, probes: () => [...parts, ...upstreams()] });
  const unsubscribe = ports.onCall((call) => {
    if (call.status === 'inflight') return;
    watch.settled(call);
    metrics.settled(call);
  });

  return {
    view: board.view,
    readiness() {
      const reasons: string[] = [];
      if (gateway.isDraining()) reasons.push('Relay is shutting down.');
      if (gateway.isPaused()) reasons.push('Relay is paused by a person.');
      const pool = poolMeasurement(accounts());
      if (pool.state === 'down' || pool.state === 'unknown') reasons.push(pool.sentence);
      const ledger = storage.ledger();
      if (ledger.state === 'degraded') reasons.push(ledger.reason ?? 'The call log is degraded.');
      return { ready: reasons.length === 0, reasons };
    },
    metrics,
    probed: (accountId, ok) => watch.probed(accountId, ok, clock.now()),
    measure: board.measure,
    start: board.start,
    stop() {
      unsubscribe();
      board.stop();
    },
  };
}
