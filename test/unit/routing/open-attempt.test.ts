import { expect, test } from 'vitest';
import { createBreakers } from '../../../src-main/routing/breakers.ts';
import { createCooldowns } from '../../../src-main/routing/cooldowns.ts';
import { createDamagedEvents } from '../../../src-main/routing/damaged-events.ts';
import { pathFailure } from '../../../src-main/routing/failure.ts';
import { createLimitFamilies } from '../../../src-main/routing/limit-families.ts';
import { createNetworkState } from '../../../src-main/routing/network-state.ts';
import { openAttempt } from '../../../src-main/routing/open-attempt.ts';
import { createRetryBudget } from '../../../src-main/routing/retry-budget.ts';
import { createStats } from '../../../src-main/routing/stats.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { account } from './candidates.ts';

function scene() {
  const clock = createManualClock(1_000_000);
  const network = createNetworkState(() => undefined);
  const ports = {
    clock,
    network,
    damaged: createDamagedEvents(() => undefined),
    stats: createStats(clock),
    breakers: createBreakers({ clock, network, openMs: () => 30_000, memory: [], changed: () => undefined }),
    budget: createRetryBudget(clock),
    cooldowns: createCooldowns({ clock, random: () => 0, minMs: () => 1_000, memory: [], changed: () => undefined }),
    families: createLimitFamilies({ memory: [], changed: () => undefined }),
  };
  return { clock, ports };
}

test('an upstream that says anything at all shows that the network works', () => {
  const { ports } = scene();
  const call = { callId: 'c1', model: 'm', stream: true };
  const unreachable = pathFailure(new RelayError('upstream_connection_error'), 'unreachable');
  for (const id of ['a', 'b']) openAttempt(ports, call, account(id), 0).close('failed', unreachable);
  const before = [ports.network.offline(), ports.network.answers()];
  openAttempt(ports, call, account('c'), 0).reached();
  expect([before, [ports.network.offline(), ports.network.answers()]]).toEqual([
    [true, 0],
    [false, 1],
  ]);
});

test('a served attempt leaves its times, what the account did, and no place that it holds', () => {
  const { clock, ports } = scene();
  const served = account('a');
  const attempt = openAttempt(ports, { callId: 'c1', model: 'm', stream: true }, served, 0);
  const held = served.inFlight;
  clock.advance(30);
  attempt.reached();
  clock.advance(20);
  attempt.output();
  clock.advance(50);
  expect({
    held,
    row: attempt.close('served', null),
    left: served.inFlight,
    recent: ports.stats.recent('a', 'm'),
  }).toEqual({
    held: 1,
    row: {
      accountId: 'a',
      accountLabel: served.label,
      upstream: served.kind,
      startedAt: 1_000_000,
      outcome: 'served',
      httpStatus: 200,
      errorCode: null,
      reason: null,
      firstByteMs: 30,
      durationMs: 100,
    },
    left: 0,
    recent: expect.objectContaining({ served: 1, tried: 1, ttftMs: 50 }),
  });
});
