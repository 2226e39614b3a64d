import { describe, expect, test } from 'vitest';
import { createPassthrough } from '../../../src-main/gateway/passthrough-port.ts';
import type { CallerIdentity } from '../../../src-main/gateway/ports.ts';
import type { RoutedAccount } from '../../../src-main/routing/ports.ts';
import type { ExchangeObserver, Exchanges } from '../../../src-main/upstreams/exchange.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const NOW = 1_000_000;

const account = (id: string, more: Partial<RoutedAccount> = {}): RoutedAccount => ({
  id,
  label: id.toUpperCase(),
  kind: 'openai',
  wire: 'responses',
  baseUrl: null,
  enabled: true,
  policy: 'normal',
  position: 1,
  maxConcurrency: null,
  pause: null,
  pinnedUntil: null,
  needsSignIn: null,
  keyringLocked: null,
  models: null,
  unsupported: new Map(),
  windows: new Map(),
  rests: new Map(),
  inFlight: 0,
  lastUsedAt: 0,
  ...more,
});
const caller = (accounts: string[] | null = null) => ({ accounts }) as unknown as CallerIdentity;
const rest = (until: number) => ({ rests: new Map([['codex', { until, reason: 'limit' }]]) });

/** A port whose upstream is played by the test. */
function room(accounts: readonly RoutedAccount[]) {
  const sent: ExchangeObserver[] = [];
  const exchanges = {
    send(_id: string, _request: unknown, observer: ExchangeObserver) {
      sent.push(observer);
      return { pause() {}, resume() {}, cancel() {} };
    },
  } as unknown as Exchanges;
  const credential = async () => ({ authorization: 'Bearer x', accountId: null });
  const clock = createManualClock(NOW);
  const passthrough = createPassthrough({
    accounts: {
      list: () => accounts as never,
      view: ({ id }) => ({ health: { reason: `Something is wrong with ${id}.` } }) as never,
      credential,
    },
    exchanges,
    baseUrl: 'https://api.example.com/v1',
    clock,
  });
  return { passthrough, sent };
}

describe('a request that is passed on', () => {
  test.each<[string, Partial<RoutedAccount>, boolean]>([
    ['ready', {}, true],
    ['a login', { kind: 'chatgpt' }, false],
    ['switched off', { enabled: false }, false],
    ['paused without an end', { pause: { until: null } }, false],
    ['paused for a while', { pause: { until: NOW + 1 } }, false],
    ['no longer paused', { pause: { until: NOW } }, true],
    ['refused', { needsSignIn: 'The key was revoked.' }, false],
    ['locked in its keyring', { keyringLocked: 'Unlock it.' }, false],
    ['at rest', rest(NOW + 1), false],
    ['at rest no more', rest(NOW), true],
    ['full', { maxConcurrency: 2, inFlight: 2 }, false],
    ['almost full', { maxConcurrency: 2, inFlight: 1 }, true],
  ])('an account that is %s (%j): %s', (_, more, takes) => {
    const { passthrough } = room([account('a', more)]);
    if (takes) expect(passthrough.account(caller())?.id).toBe('a');
    else if (more.kind === 'chatgpt') expect(passthrough.account(caller())).toBeNull();
    else {
      expect(() => passthrough.account(caller())).toThrow(
        'No API-key account can serve this now. A: Something is wrong with a.',
      );
    }
  });

  test('goes to the pinned account, else to the first in order, of those that its key may use', () => {
    const all = [account('a'), account('b', { pinnedUntil: NOW + 1 }), account('c')];
    const { passthrough } = room(all);
    expect([null, ['a', 'c'], ['C'], ['z']].map((allowed) => passthrough.account(caller(allowed))?.id)).toEqual([
      ...['b', 'a', 'c'],
      undefined,
    ]);
  });

  test.each(['end', 'error', 'cancel'] as const)('counts as a call of its account until its %s, once', async (how) => {
    const a = account('a');
    const { passthrough, sent } = room([a]);
    const observer = { head() {}, data: () => true, end() {}, error() {} };
    const request = { method: 'GET' as const, path: '/v1/files', headers: {}, body: null };
    const exchange = await passthrough.send('a', request, observer);
    const during = a.inFlight;
    if (how === 'end') sent[0]?.end();
    if (how === 'error') sent[0]?.error(new Error('cut') as never);
    exchange.cancel();
    expect([during, a.inFlight, a.lastUsedAt]).toEqual([1, 0, NOW]);
  });
});
