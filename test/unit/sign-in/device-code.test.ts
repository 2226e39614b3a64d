import { expect, test } from 'vitest';
import type { Issuer } from '../../../src-main/accounts/issuer.ts';
import { DEVICE_PATIENCE_MS, startDeviceCode } from '../../../src-main/accounts/sign-in/device-code.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const NOW = Date.UTC(2030, 5, 1, 12);
const LATEST = NOW + DEVICE_PATIENCE_MS;

const started = (fields: object) => {
  const answer = { device_auth_id: 'd', usercode: 'ABCD-1234', ...fields };
  const issuer = {
    url: 'https://auth.test',
    host: 'auth.test',
    clientId: 'c',
    send: async () => Response.json(answer),
  };
  return startDeviceCode(issuer as unknown as Issuer, createManualClock(NOW));
};

test.each([
  ['its own end, where that is still to come', NOW + 1_000, NOW + 1_000],
  ['no end that is just now', NOW, LATEST],
  ['no end that is over, by a clock that is wrong', NOW - 1_000, LATEST],
  ['no end that is later than anybody waits', LATEST + 1_000, LATEST],
])('a device code has %s', async (_what, end, expiresAt) => {
  expect((await started({ expires_at: new Date(end).toISOString() })).expiresAt).toBe(expiresAt);
});

test.each([
  [undefined, 5_000],
  ['7', 7_000],
  [0, 5_000],
  [0.2, 1_000],
  ['soon', 5_000],
  [3_600, 60_000],
])('an interval of %j is %i ms', async (interval, intervalMs) => {
  expect(await started(interval === undefined ? {} : { interval })).toEqual({
    deviceAuthId: 'd',
    userCode: 'ABCD-1234',
    url: 'https://auth.test/codex/device',
    intervalMs,
    expiresAt: LATEST,
  });
});
