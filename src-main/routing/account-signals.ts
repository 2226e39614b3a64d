import type { Clock } from '../../src-shared/domain/clock.ts';
import type { AccountSignals } from '../accounts/health.ts';
import type { Breakers } from './breakers.ts';
import type { NetworkState } from './network-state.ts';
import type { RoutingStats } from './stats.ts';

export interface SignalPorts {
  readonly stats: RoutingStats;
  readonly breakers: Breakers;
  readonly network: NetworkState;
  readonly clock: Clock;
}

/** What routing sees of an account, for its health in words. */
export function createAccountSignals(ports: SignalPorts): (accountId: string) => AccountSignals {
  const { stats, breakers, network, clock } = ports;
  return (accountId) => {
    const open = breakers.troubled(accountId).filter(({ state }) => state === 'open');
    const path = open.find(({ model }) => model === null);
    const last = open.reduce((latest, { openUntil }) => Math.max(latest, openUntil), 0);
    return {
      errorRate: errorRate(stats, accountId),
      unreachable: network.offline()
        ? 'Nothing can be reached: the network of this machine seems to be down.'
        : path === undefined
          ? null
          : 'Connections to its upstream keep failing while others answer.',
      breakerOpenUntil: open.length === 0 ? null : Math.ceil(clock.now() + last - clock.monotonic()),
      breakerReason: open.length === 0 ? null : `Its last calls${modelWords(open)} failed.`,
    };
  };
}

function modelWords(open: readonly { readonly model: string | null }[]): string {
  const models = open.flatMap(({ model }) => (model === null ? [] : [model])).sort();
  return models.length === 0 ? '' : ` for ${models.join(', ')}`;
}

/** Fewer recent calls say nothing: one that failed by chance is no trouble, and old trouble is over. */
const FEWEST_CALLS = 2.5;

function errorRate(stats: RoutingStats, accountId: string): number | null {
  let served = 0;
  let tried = 0;
  for (const each of stats.all()) {
    if (each.accountId !== accountId) continue;
    served += each.recent.served;
    tried += each.recent.tried;
  }
  return tried < FEWEST_CALLS ? null : 1 - served / tried;
}
