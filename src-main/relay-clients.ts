import { joinModels } from '../src-shared/catalog/join-models.ts';
import type { Clock } from '../src-shared/domain/clock.ts';
import type { Accounts } from './accounts/accounts.ts';
import { clientModels } from './clients/client-models.ts';
import { type ClientRoom, createClientRoom } from './clients/client-room.ts';
import { thisMachine } from './config/data-folder.ts';
import type { Keys } from './keys/keys.ts';
import type { RelayOptions } from './relay-options.ts';

interface RelayClientPorts {
  readonly options: RelayOptions;
  readonly keys: Keys;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly url: () => string;
}

/** The clients of whoever runs Relay, pointed at this Relay. */
export function createRelayClients({ options, keys, accounts, clock, url }: RelayClientPorts): ClientRoom {
  const { dataDir, machine = thisMachine() } = options;
  const facts = () => ({ url: url(), models: clientModels(joinModels(accounts.modelLists()).models) });
  return createClientRoom({ dataDir, machine, keys, clock, fetch, facts });
}
