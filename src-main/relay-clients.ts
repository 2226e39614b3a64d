import { joinModels } from '../src-shared/catalog/join-models.ts';
import type { Clock } from '../src-shared/domain/clock.ts';
import type { Accounts } from './accounts/accounts.ts';
import { clientModels } from './clients/client-models.ts';
import { createClientRoom } from './clients/client-room.ts';
import { seenClients } from './clients/seen-clients.ts';
import { thisMachine } from './config/data-folder.ts';
import { API_TOKEN } from './dashboard/kept-token.ts';
import { createDoctor } from './doctor/doctor.ts';
import type { Keys } from './keys/keys.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { RelayBridges } from './relay-bridges.ts';
import type { RelayOptions } from './relay-options.ts';
import type { SecretStore } from './secrets/secret-store.ts';

/** What every client did in the last days, for most people; one read of an index. */
const LOOKED_AT = 500;

interface RelayClientPorts {
  readonly options: RelayOptions;
  readonly keys: Keys;
  readonly accounts: Accounts;
  readonly ledger: Ledger;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly url: () => string;
  readonly bridges: Pick<RelayBridges, 'tunnel' | 'ollama'>;
}

/** The clients of whoever runs Relay, pointed at this Relay, and the doctor who looks at both. */
export function createRelayClients({
  options,
  keys,
  accounts,
  ledger,
  secrets,
  clock,
  url,
  bridges,
}: RelayClientPorts) {
  const { dataDir, environment, machine = thisMachine() } = options;
  const facts = () => ({ url: url(), models: clientModels(joinModels(accounts.modelLists()).models) });
  const room = createClientRoom({ dataDir, machine, keys, clock, fetch, facts });
  const seen = async () => {
    const { calls } = await ledger.calls({ limit: LOOKED_AT });
    return { lookedAt: calls.length, clients: seenClients(calls) };
  };
  const clients = { ...room, seen };
  const doctor = createDoctor({
    ...{ dataDir, environment, url, database: ledger.database, secrets, clients, fetch, clock },
    secretName: API_TOKEN,
    bridges: { ollama: bridges.ollama.view, tunnel: bridges.tunnel.now },
    accounts: accounts.views,
  });
  return { clients, doctor };
}
