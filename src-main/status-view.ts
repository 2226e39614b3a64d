import type { StatusView } from '../src-shared/contract/status.ts';
import { canServe } from '../src-shared/domain/account-health.ts';
import type { Accounts } from './accounts/accounts.ts';
import type { Tunnel } from './clients/tunnel/tunnel.ts';
import { relayVersion } from './config/package-info.ts';
import type { ActiveCalls } from './gateway/active-calls.ts';
import type { PauseSwitch } from './gateway/pause-switch.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { RelayOptions } from './relay-options.ts';
import type { SecretStore } from './secrets/secret-store.ts';

export interface StatusViewPorts {
  readonly options: RelayOptions;
  readonly startedAt: number;
  readonly url: () => string;
  readonly secrets: SecretStore;
  readonly accounts: Accounts;
  readonly pause: PauseSwitch;
  readonly active: ActiveCalls;
  readonly tunnel: Pick<Tunnel, 'now'>;
  readonly ledger: Ledger;
}

/** What Relay is and does now; `whole` counts what the ledger holds as well. */
export function createStatusView({
  options,
  startedAt,
  url,
  secrets,
  accounts,
  pause,
  active,
  tunnel,
  ledger,
}: StatusViewPorts) {
  const now = (): StatusView => ({
    version: relayVersion,
    pid: process.pid,
    startedAt,
    url: url(),
    dataDir: options.dataDir,
    secrets: secrets.describe(),
    node: process.version,
    desktop: options.desktop ?? false,
    demo: options.demo ?? false,
    accounts: {
      total: accounts.list().length,
      ready: accounts.views().filter((view) => canServe(view.health.state)).length,
    },
    pause: pause.view(),
    tunnel: tunnel.now(),
    callsInFlight: active.size(),
    ledger: { ...ledger.state(), notices: [...ledger.notices], kept: null },
  });
  return {
    now,
    async whole(): Promise<StatusView> {
      const kept = await ledger.kept().catch(() => null);
      const view = now();
      return { ...view, ledger: { ...view.ledger, kept } };
    },
  };
}
