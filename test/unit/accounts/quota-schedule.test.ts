import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Account, windowKey } from '../../../src-main/accounts/account.ts';
import { undecided, unstored } from '../../../src-main/accounts/account-rows.ts';
import { nextReadingAt, type PollState } from '../../../src-main/accounts/quota-schedule.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

const account = (fields: Partial<Account>): Account => ({
  id: 'acc_1',
  label: 'ada',
  kind: 'chatgpt',
  wire: 'responses',
  baseUrl: null,
  email: null,
  plan: 'plus',
  upstreamAccountId: null,
  upstreamUserId: null,
  linkedFile: null,
  enabled: true,
  createdAt: 0,
  models: null,
  modelsReadAt: null,
  ...undecided,
  ...unstored(),
  ...fields,
});
const window = (lengthMs: number, readAt: number, resetsAt: number | null) => ({
  family: 'codex',
  lengthMs,
  usedPercent: 50,
  resetsAt,
  readAt,
  source: 'headers' as const,
});

/** Around now, also after clocks that were set back. */
const moment = fc.integer({ min: NOW - 3 * DAY, max: NOW + 3 * DAY });
const anyAccount = fc
  .record({
    usageAskedAt: fc.option(moment),
    inFlight: fc.integer({ min: 0, max: 2 }),
    lastUsedAt: moment,
    windows: fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), moment, fc.option(moment)), { maxLength: 3 }),
    restUntil: fc.option(moment),
  })
  .map(({ windows, restUntil, ...rest }) => {
    const made = windows.map(([days, readAt, resetsAt]) => window(days * DAY, readAt, resetsAt));
    return account({
      ...rest,
      windows: new Map(made.map((each) => [windowKey(each), each])),
      rests: new Map(
        restUntil === null ? [] : [['codex', { until: restUntil, reason: 'limit', byPerson: false, since: NOW - DAY }]],
      ),
    });
  });
const anyPoll: fc.Arbitrary<PollState> = fc.record({
  failures: fc.integer({ min: 0, max: 60 }),
  unreachable: fc.boolean(),
  woken: fc.boolean(),
  notBefore: fc.oneof(fc.constant(0), moment),
  spread: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('no reading ever follows another within four and a half minutes, or comes before the upstream wants it', () => {
  fc.assert(
    fc.property(anyAccount, anyPoll, (given, poll) => {
      const at = nextReadingAt(given, poll, NOW);
      if (at === null) throw new Error('it is read');
      expect(at).toBeGreaterThanOrEqual(poll.notBefore);
      if (given.usageAskedAt !== null && given.usageAskedAt <= NOW) {
        expect(at - given.usageAskedAt).toBeGreaterThanOrEqual(4.5 * MINUTE);
      }
    }),
    { numRuns: 500 },
  );
});

test('every login is read within an hour and a bit while nothing is wrong, and within five hours whatever is', () => {
  fc.assert(
    fc.property(anyAccount, anyPoll, (given, poll) => {
      const calm = { ...poll, failures: 0, notBefore: 0 };
      expect(nextReadingAt(given, calm, NOW)).toBeLessThanOrEqual(NOW + 72 * MINUTE);
      expect(nextReadingAt(given, { ...poll, notBefore: 0 }, NOW)).toBeLessThanOrEqual(NOW + 300 * MINUTE);
    }),
    { numRuns: 500 },
  );
});

test('what is used is never read later than what is not', () => {
  fc.assert(
    fc.property(anyAccount, anyPoll, (given, poll) => {
      const [used, idle] = [account({ ...given, inFlight: 1 }), account({ ...given, inFlight: 0, lastUsedAt: 0 })];
      const [one, two] = [nextReadingAt(used, poll, NOW), nextReadingAt(idle, poll, NOW)];
      // But for readings that wait a few minutes for a reset that is near.
      expect(one ?? 0).toBeLessThanOrEqual((two ?? 0) + 6 * MINUTE);
    }),
    { numRuns: 500 },
  );
});

test.each<[string, Partial<Account>, Partial<PollState>, number]>([
  ['an hour after the last, where nothing else was heard', {}, {}, 10],
  ['five minutes after the last while calls run', { inFlight: 1 }, {}, -45],
  ['and after they ran', { lastUsedAt: NOW - 9 * MINUTE }, {}, -45],
  [
    'at the latest an hour after the last, however fresh the figures of calls are',
    { windows: new Map([['w', window(DAY, NOW, null)]]) },
    {},
    10,
  ],
  ['once its limit has ended', { windows: new Map([['w', window(DAY, NOW - 60 * MINUTE, NOW - 9 * MINUTE)]]) }, {}, -9],
  ['twice as late after a failure', {}, { failures: 1 }, 70],
  ['four hours later at most', {}, { failures: 9 }, 190],
  ['not before the upstream wants it', {}, { notBefore: NOW + 90 * MINUTE }, 90],
  ['soon after a sleep', {}, { woken: true }, -45],
])('it is read %s', (_when, fields, poll, minutes) => {
  // Without chance, but for the seconds after a reset.
  const calm: PollState = { failures: 0, unreachable: false, woken: false, notBefore: 0, spread: 0.5 };
  const given = account({ usageAskedAt: NOW - 50 * MINUTE, lastUsedAt: NOW - DAY, ...fields });
  const at = nextReadingAt(given, { ...calm, ...poll }, NOW) ?? Number.NaN;
  expect(Math.floor((at - NOW) / MINUTE)).toBe(minutes);
});

test('chance moves every reading by a tenth at most, the ones of idle accounts too', () => {
  const poll = { failures: 0, unreachable: false, woken: false, notBefore: 0 };
  const fresh = { windows: new Map([['w', window(DAY, NOW, null)]]) };
  const given = account({ usageAskedAt: NOW - 30 * MINUTE, lastUsedAt: NOW - DAY, ...fresh });
  expect([0, 0.5, 1].map((spread) => nextReadingAt(given, { ...poll, spread }, NOW))).toEqual(
    [54, 60, 66].map((minutes) => NOW + (minutes - 30) * MINUTE),
  );
});
