import type { Clock } from '../src-shared/domain/clock.ts';
import type { Timers } from '../src-shared/domain/timers.ts';
import type { Accounts } from './accounts/accounts.ts';
import { relayVersion } from './config/package-info.ts';
import type { SettingsStore } from './config/settings-store.ts';
import { API_TOKEN } from './dashboard/kept-token.ts';
import type { ActiveCalls } from './gateway/active-calls.ts';
import type { PauseSwitch } from './gateway/pause-switch.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { RelayOptions } from './relay-options.ts';
import type { Routing } from './routing/routing.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import { gatewayFacts, storageFacts } from './status/node-facts.ts';
import { createStatus } from './status/status.ts';
import { createTraceExport } from './status/trace-export.ts';
import type { createUpstreams } from './upstreams/upstreams.ts';

interface RelayStatusPorts {
  readonly options: RelayOptions;
  readonly startedAt: number;
  readonly url: () => string;
  readonly settings: SettingsStore;
  readonly accounts: Accounts;
  readonly upstreams: Pick<ReturnType<typeof createUpstreams>, 'hostOf'>;
  readonly routing: Pick<Routing, 'damagedEvents'>;
  readonly active: ActiveCalls;
  readonly pause: PauseSwitch;
  readonly ledger: Ledger;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly schedule: (run: () => void, afterMs: number) => () => void;
}

/** What Relay tells of itself to whoever watches it: the status page, metrics, and spans of its calls. */
export async function createRelayStatus(ports: RelayStatusPorts) {
  const { options, startedAt, url, settings, accounts, upstreams, active, pause, ledger, secrets, clock, timers } =
    ports;
  const { log } = options;
  const facts = gatewayFacts(url, active.draining, () => pause.view() !== null);
  const hostOf = (accountId: string): string | null => {
    const account = accounts.get(accountId);
    return account === null ? null : upstreams.hostOf(account);
  };
  const traces = createTraceExport({
    url: () => settings.get('telemetry.otlpUrl'),
    headers: options.environment.otlpHeaders ?? {},
    ...{ hostOf, version: relayVersion, timers },
    failed: (error, dropped) => log.warn({ err: error, dropped }, 'Spans of calls could not be sent'),
  });
  ledger.onChange(traces.noted);
  const statusRoom = await createStatus({
    database: ledger.database,
    clock,
    version: relayVersion,
    startedAt,
    accounts: accounts.views,
    hostOf,
    onCall: ledger.onChange,
    callsInFlight: active.size,
    damagedEvents: ports.routing.damagedEvents,
    gateway: facts,
    storage: storageFacts(ledger, options.dataDir),
    secrets: { kind: () => secrets.kind, read: () => secrets.get(API_TOKEN) },
    schedule: ports.schedule,
    storageFailed: (error) => log.warn({ err: error }, 'What was measured for the status page could not be kept'),
  });
  return { facts, traces, statusRoom };
}
