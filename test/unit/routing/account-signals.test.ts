import { expect, test } from 'vitest';
import { createAccountSignals } from '../../../src-main/routing/account-signals.ts';
import type { Breakers } from '../../../src-main/routing/breakers.ts';
import { createNetworkState } from '../../../src-main/routing/network-state.ts';
import { createStats } from '../../../src-main/routing/stats.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const quiet = { errorRate: null, unreachable: null, breakerOpenUntil: null, breakerReason: null };

function scene() {
  const clock = createManualClock(1_000_000);
  const stats = createStats(clock);
  const network = createNetworkState(() => undefined);
  const breakers = { troubled: () => [] } as Pick<Breakers, 'troubled'> as Breakers;
  const signals = createAccountSignals({ stats, breakers, network, clock });
  return { clock, stats, network, signals };
}

test('the share of failed calls is known from three calls on, over all models, and forgotten when they are long ago', () => {
  const { clock, stats, signals } = scene();
  stats.failed('a', 'm1');
  stats.failed('a', 'm1');
  const early = signals('a');
  stats.served('a', 'm2', null);
  stats.served('a', 'm2', null);
  const known = signals('a');
  clock.advance(3_600_000);
  expect([early, known, signals('a'), signals('b')]).toEqual([quiet, { ...quiet, errorRate: 0.5 }, quiet, quiet]);
});

test('while nothing can be reached no account is the one to blame', () => {
  const { network, signals } = scene();
  network.unreachable();
  network.unreachable();
  const sentence = 'Nothing can be reached: the network of this machine seems to be down.';
  const lost = [signals('a'), signals('b')];
  network.answered();
  expect([lost, signals('a')]).toEqual([Array(2).fill({ ...quiet, unreachable: sentence }), quiet]);
});
