import { expect, test } from 'vitest';
import type { Account } from '../../../src-main/accounts/account.ts';
import type { Credentials } from '../../../src-main/accounts/credentials.ts';
import { createLoginWatch } from '../../../src-main/accounts/login-watch.ts';
import { createManualTime } from '../../support/manual-timers.ts';

const LOOK_MS = 15_000;

function scene(...accounts: Partial<Account>[]) {
  const time = createManualTime(1_000_000);
  const seen: string[] = [];
  const credentials = {
    held: ({ id }: Account) => (id === 'unread' ? null : {}),
    of: async ({ id }: Account) => void seen.push(`read ${id}`),
    reread: async ({ id }: Account) => void seen.push(`read ${id} again`),
  };
  const watch = createLoginWatch({
    list: () => accounts as Account[],
    credentials: credentials as unknown as Credentials,
    clock: time.clock,
    timers: time.timers,
    serviceNow: time.clock.now,
    renew: async ({ id }, isDue) => void seen.push(`renew ${id}: ${isDue()}`),
    jumped: () => void seen.push('jumped'),
  });
  return { time, seen, watch };
}

const login = (id: string, times: object = { nextRefreshAt: null, expiresAt: null }): Partial<Account> =>
  ({ id, kind: 'chatgpt', enabled: true, linkedFile: null, needsSignIn: null, login: times }) as Partial<Account>;

test('a clock that moved by more than five seconds between two looks is told, either way, and once', () => {
  const { time, seen, watch } = scene();
  time.clock.jump(60_000);
  watch.start();
  const told = [5_000, -5_000, 5_001, 0, -5_001].map((ms) => {
    seen.length = 0;
    time.clock.jump(ms);
    time.advance(LOOK_MS);
    return seen.length;
  });
  expect(told).toEqual([0, 0, 1, 0, 1]);
});

test('a login is renewed when its time has come, read where it was not yet, and left alone where another program keeps it', async () => {
  const { time, seen, watch } = scene(
    login('due', { nextRefreshAt: 1_000_000, expiresAt: 9_000_000 }),
    login('later', { nextRefreshAt: 1_000_001, expiresAt: 9_000_000 }),
    login('over', { nextRefreshAt: null, expiresAt: 999_999 }),
    login('unread'),
    { ...login('signed-out', { nextRefreshAt: 0 }), needsSignIn: 'It was refused.' },
    { ...login('off', { nextRefreshAt: 0 }), linkedFile: '/a', enabled: false },
    { ...login('linked', { nextRefreshAt: 0 }), linkedFile: '/a' },
    { ...login('key', { nextRefreshAt: 0 }), kind: 'openai' } as Partial<Account>,
  );
  watch.start();
  await Promise.resolve();
  expect(seen.toSorted()).toEqual([
    'read signed-out again',
    'read unread',
    'renew due: true',
    'renew linked: true',
    'renew over: true',
  ]);
  watch.stop();
  expect(time.waiting()).toEqual([]);
});
