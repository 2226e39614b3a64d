import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatgptSecret } from '../../../src-main/accounts/account-secret.ts';
import { loginTimes } from '../../../src-main/accounts/login-times.ts';
import { backoffMs, restMs } from '../../../src-main/accounts/refresh-backoff.ts';
import { renewedLogin } from '../../../src-main/accounts/renewed-login.ts';
import { unsignedJwt } from '../../../src-main/simulator/unsigned-jwt.ts';
import { ada, mintToken } from './login-file.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
const DAY = 86_400_000;

const token = (exp: number | null, iat: number | null = null): string =>
  unsignedJwt({ ...(exp === null ? {} : { exp: exp / 1_000 }), ...(iat === null ? {} : { iat: iat / 1_000 }) });
const secretOf = (accessToken: string, change: Partial<ChatgptSecret> = {}): ChatgptSecret => ({
  type: 'chatgpt',
  accessToken,
  refreshToken: 'rt_1',
  idToken: null,
  lastRefreshAt: NOW,
  ...change,
});
const own = { linkedFile: null, createdAt: NOW - DAY };
const linked = { linkedFile: '/home/ada/.codex/auth.json', createdAt: NOW - DAY };
const dueBefore = (account: typeof own | typeof linked, random: number): number =>
  NOW + 10 * DAY - loginTimes(secretOf(token(NOW + 10 * DAY, NOW)), account, random)!.nextRefreshAt!;

describe('when a login is renewed', () => {
  test('about 5 minutes before its token ends: one of Relay’s own a little earlier, a linked one a little later', () => {
    expect([dueBefore(own, 0), dueBefore(own, 1), dueBefore(linked, 0), dueBefore(linked, 1)]).toEqual([
      5 * MINUTE,
      6 * MINUTE,
      5 * MINUTE,
      4 * MINUTE,
    ]);
  });

  test('when it is 8 days old where its token does not say when it ends', () => {
    const due = (secret: ChatgptSecret) => loginTimes(secret, own, 0);
    expect([due(secretOf('opaque')), due(secretOf(token(null), { lastRefreshAt: null }))]).toEqual([
      { expiresAt: null, refreshedAt: NOW, nextRefreshAt: NOW + 8 * DAY, shared: false },
      { expiresAt: null, refreshedAt: null, nextRefreshAt: NOW - DAY + 8 * DAY, shared: false },
    ]);
  });

  test.each([
    ['it has no refresh token', { refreshToken: null }],
    ['its refresh token may be spent', { spent: { at: NOW, reason: null } }],
  ])('never, where %s', (_, change) => {
    expect(loginTimes(secretOf(token(NOW + DAY), change), own, 0)).toEqual({
      expiresAt: NOW + DAY,
      refreshedAt: NOW,
      nextRefreshAt: null,
      shared: false,
    });
  });

  test('says whether another program was given the same tokens', () => {
    expect(loginTimes(secretOf(token(null), { shared: true }), own, 0)?.shared).toBe(true);
  });

  test('is nothing that a key or a personal access token has', () => {
    expect([
      loginTimes({ type: 'api-key', apiKey: 'sk-1' }, own, 0),
      loginTimes({ type: 'personal-token', token: 'at-1' }, own, 0),
    ]).toEqual([null, null]);
  });

  test('is after at least three quarters of its life and never after its end, whatever the token says', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(
        seconds,
        seconds,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        (iat, exp, random, isOwn) => {
          const times = loginTimes(secretOf(token(exp * 1_000, iat * 1_000)), isOwn ? own : linked, random)!;
          const lifeMs = Math.max(0, exp - iat) * 1_000;
          expect(times.nextRefreshAt).toBeLessThanOrEqual(exp * 1_000);
          expect(times.nextRefreshAt).toBeGreaterThanOrEqual(
            Math.floor(exp * 1_000 - Math.min(lifeMs / 4, 6 * MINUTE)),
          );
        },
      ),
    );
  });
});

test('pauses after failures grow, with jitter, to a minute at most for a call and to five for nobody', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), unit, (failures, random) => {
      for (const [pause, longest] of [
        [restMs, MINUTE],
        [backoffMs, 5 * MINUTE],
      ] as const) {
        const ms = pause(failures, random);
        expect(ms).toBeGreaterThanOrEqual(2_500);
        expect(ms).toBeLessThanOrEqual(longest);
        expect(ms).toBeLessThanOrEqual(pause(failures + 1, random));
      }
    }),
  );
  expect([1, 2, 3, 4, 5, 6, 7].map((failures) => [restMs(failures, 1), backoffMs(failures, 1)])).toEqual([
    [5_000, 5_000],
    [10_000, 10_000],
    [20_000, 20_000],
    [40_000, 40_000],
    [60_000, 80_000],
    [60_000, 160_000],
    [60_000, 300_000],
  ]);
});

describe('the login after a refresh', () => {
  const account = { upstreamAccountId: ada.accountId ?? null, upstreamUserId: ada.userId ?? null };
  const old = secretOf(mintToken(ada), { idToken: mintToken(ada), shared: true, spent: { at: NOW, reason: null } });
  const newer = mintToken({ ...ada, nonce: 'newer' });

  test('is what the answer holds, and what it leaves out stays as it was', () => {
    const clean = { type: 'chatgpt', accessToken: old.accessToken, refreshToken: 'rt_1', idToken: old.idToken };
    expect([
      renewedLogin(old, { access_token: newer, refresh_token: 'rt_2', id_token: newer }, account, NOW + 1),
      renewedLogin(old, { access_token: newer }, account, NOW + 1),
      renewedLogin(old, { refresh_token: 'rt_2', access_token: null }, account, NOW + 1),
      renewedLogin(old, {}, account, NOW + 1),
    ]).toEqual([
      { ...clean, accessToken: newer, refreshToken: 'rt_2', idToken: newer, lastRefreshAt: NOW + 1 },
      { ...clean, accessToken: newer, lastRefreshAt: NOW + 1 },
      { ...clean, refreshToken: 'rt_2', lastRefreshAt: NOW + 1 },
      { ...clean, lastRefreshAt: NOW + 1 },
    ]);
  });

  test.each([
    ['another workspace in the access token', { access_token: mintToken({ ...ada, accountId: 'ws-2' }) }],
    ['another workspace in the id token', { access_token: newer, id_token: mintToken({ ...ada, accountId: 'ws-2' }) }],
    ['another person', { access_token: mintToken({ ...ada, userId: 'user-bob' }) }],
  ])('is refused where the answer names %s', (_, tokens) => {
    expect(renewedLogin(old, tokens, account, NOW)).toBeNull();
  });

  test('is compared with what the old tokens said, not with a workspace that was chosen beside them', () => {
    expect(
      renewedLogin(old, { access_token: newer }, { ...account, upstreamAccountId: 'ws-chosen' }, NOW),
    ).not.toBeNull();
    const opaque = secretOf('opaque');
    expect([
      renewedLogin(opaque, { access_token: newer }, account, NOW)?.accessToken,
      renewedLogin(opaque, { access_token: newer }, { ...account, upstreamAccountId: 'ws-2' }, NOW),
      renewedLogin(opaque, { access_token: 'opaque-2' }, account, NOW)?.accessToken,
    ]).toEqual([newer, null, 'opaque-2']);
  });
});
