import { describe, expect, test } from 'vitest';
import { type Breakers, createBreakers, type StoredBreaker } from '../../../src-main/routing/breakers.ts';
import type { PathFault } from '../../../src-main/routing/failure.ts';
import { createNetworkState } from '../../../src-main/routing/network-state.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const OPEN = 30_000;

function world(memory: readonly StoredBreaker[] = []) {
  const clock = createManualClock(Date.UTC(2026, 10, 23));
  const news: boolean[] = [];
  const network = createNetworkState((offline) => news.push(offline));
  const written: unknown[] = [];
  const breakers: Breakers = createBreakers({
    clock,
    network,
    openMs: () => OPEN,
    memory,
    changed: (breaker) => written.push(breaker),
  });
  /** One call: it fails so, or it is served. */
  const call = (account: string, model: string, fault: PathFault | null): void => {
    clock.advance(1);
    const pass = breakers.enter(account, model);
    if (fault === 'unreachable') network.unreachable();
    else if (fault !== 'cut') network.answered();
    if (fault !== null) return pass.failed(fault);
    pass.answered();
    pass.served();
  };
  const times = (count: number, account: string, model: string, fault: PathFault | null): void => {
    for (let each = 0; each < count; each += 1) call(account, model, fault);
  };
  return { clock, network, news, written, breakers, call, times };
}

describe('the breakers of a pool', () => {
  test('R-03 open one model of one account, and are written down', () => {
    const { breakers, times, written } = world();
    times(5, 'a', 'gpt-5.5', 'broken');
    expect([
      breakers.waitMs('a', 'gpt-5.5'),
      breakers.waitMs('a', 'gpt-5.4'),
      breakers.waitMs('b', 'gpt-5.5'),
      breakers.troubled('a'),
      written,
    ]).toEqual([
      OPEN,
      0,
      0,
      [{ accountId: 'a', model: 'gpt-5.5', state: 'open', openUntil: 5 + OPEN }],
      [{ accountId: 'a', model: 'gpt-5.5', memory: { failures: 5, opens: 1, openUntil: 5 + OPEN } }],
    ]);
  });

  test('close when a probe is served, and that is written down too', () => {
    const { breakers, times, written, clock } = world();
    times(5, 'a', 'm', 'broken');
    clock.advance(OPEN);
    times(1, 'a', 'm', null);
    expect([breakers.waitMs('a', 'm'), breakers.troubled('a'), written.at(-1)]).toEqual([
      0,
      [],
      { accountId: 'a', model: 'm', memory: null },
    ]);
  });

  test('P-08 a lost network opens nothing, however many calls it costs, and is one piece of news', () => {
    const { breakers, times, news, network } = world();
    times(3, 'a', 'm', null);
    for (let round = 0; round < 50; round += 1) {
      times(1, 'a', 'm', round % 2 === 0 ? 'unreachable' : 'cut');
      times(1, 'b', 'm', 'unreachable');
    }
    expect([breakers.waitMs('a', 'm'), breakers.waitMs('b', 'm'), network.offline(), news]).toEqual([
      0,
      0,
      true,
      [true],
    ]);
    times(1, 'b', 'm', null);
    expect([network.offline(), news]).toEqual([false, [true, false]]);
  });

  test('a dead address of one account opens that account for all its models while another answers', () => {
    const { breakers, call, news } = world();
    for (let round = 0; round < 5; round += 1) {
      call('a', `model-${round}`, 'unreachable');
      call('b', 'm', null);
    }
    expect([breakers.waitMs('a', 'any') > 0, breakers.waitMs('b', 'm'), news]).toEqual([true, 0, []]);
  });

  test('silence and resets of one account open its path while another answers', () => {
    const { breakers, call } = world();
    for (let round = 0; round < 5; round += 1) {
      call('a', 'm', 'cut');
      call('b', 'm', null);
    }
    expect([breakers.waitMs('a', 'm') > 0, breakers.waitMs('b', 'm')]).toEqual([true, 0]);
  });

  test('R-05 the last account may be tried every second, and its answer lets the others be probed', () => {
    const { breakers, times, clock } = world();
    times(5, 'a', 'm', 'broken');
    times(5, 'b', 'm', 'broken');
    expect([breakers.waitMs('a', 'm') > 0, breakers.lastResortWaitMs('b', 'm')]).toEqual([true, 1_000]);
    clock.advance(1_000);
    expect(breakers.lastResortWaitMs('a', 'm')).toBe(0);
    times(1, 'a', 'm', 'broken');
    expect(breakers.lastResortWaitMs('a', 'm')).toBe(1_000);
    clock.advance(1_000);
    times(1, 'a', 'm', null);
    expect([breakers.waitMs('a', 'm'), breakers.waitMs('b', 'm'), breakers.troubled('b')[0]?.state]).toEqual([
      0,
      0,
      'half-open',
    ]);
  });

  test('remember what was open when Relay stopped', () => {
    const { breakers, clock } = world([
      { accountId: 'a', model: null, memory: { failures: 5, opens: 2, openUntil: 40_000 } },
    ]);
    expect([breakers.waitMs('a', 'm'), breakers.waitMs('b', 'm')]).toEqual([40_000, 0]);
    clock.advance(40_000);
    expect(breakers.waitMs('a', 'm')).toBe(0);
  });

  test('U-07 an overload is no failure of the path, and a probe that meets one has found the path well', () => {
    const { breakers, times, clock } = world();
    times(20, 'a', 'm', 'overloaded');
    expect(breakers.waitMs('a', 'm')).toBe(0);
    times(5, 'a', 'm', 'broken');
    clock.advance(OPEN);
    times(1, 'a', 'm', 'overloaded');
    expect(breakers.waitMs('a', 'm')).toBe(0);
  });
});

describe('trying again', () => {
  test('lets the open paths of one account be probed now, or of all, and writes that down', () => {
    const { breakers, times, written, clock } = world();
    for (const account of ['a', 'b']) times(5, account, 'm', 'broken');
    times(1, 'c', 'm', 'broken');
    const before = written.length;
    breakers.retry('a');
    expect([breakers.waitMs('a', 'm'), breakers.waitMs('b', 'm') > 0]).toEqual([0, true]);
    breakers.retry();
    expect([breakers.waitMs('b', 'm'), breakers.troubled('b')[0]?.state, breakers.troubled('c')]).toEqual([
      0,
      'half-open',
      [],
    ]);
    const memory = { failures: 5, opens: 1, openUntil: clock.monotonic() };
    expect(written.slice(before)).toEqual([
      { accountId: 'a', model: 'm', memory },
      { accountId: 'b', model: 'm', memory },
    ]);
  });
});
