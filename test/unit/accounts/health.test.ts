import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccountSignals, healthOf, nothingKnown, restInWords } from '../../../src-main/accounts/health.ts';
import { accountHealthSchema } from '../../../src-shared/contract/account.ts';
import { type HealthState, healthStates } from '../../../src-shared/domain/account-health.ts';
import type { QuotaWindow } from '../../../src-shared/domain/window.ts';

type Facts = Parameters<typeof healthOf>[0];

/** Ten past two in the afternoon on the clock of this machine, and two hours before. */
const AT = new Date(2026, 10, 24, 14, 10).getTime();
const NOW = AT - 2 * 3_600_000;

const fresh = (facts: Partial<Facts> = {}): Facts => ({
  enabled: true,
  pause: null,
  needsSignIn: null,
  keyringLocked: null,
  maxConcurrency: null,
  inFlight: 0,
  models: new Set(['gpt-6-sol', 'gpt-6-luna']),
  unsupported: new Map(),
  windows: new Map(),
  rests: new Map(),
  ...facts,
});
const health = (facts: Partial<Facts> = {}, signals: Partial<AccountSignals> = {}) =>
  healthOf(fresh(facts), { ...nothingKnown, ...signals }, NOW);
const rest = (until: number, reason = 'limit', byPerson = false) =>
  new Map([['codex', { until, reason, byPerson, since: NOW }]]);
const window = (name: string, lengthMs: number, usedPercent: number, resetsAt: number | null, family = 'codex') =>
  [name, { family, lengthMs, usedPercent, resetsAt, readAt: NOW, source: 'headers' } satisfies QuotaWindow] as const;
const fiveHours = 18_000_000;
const week = 604_800_000;

describe('the health of an account', () => {
  test.each<[string, Partial<Facts>, Partial<AccountSignals>, ReturnType<typeof health>]>([
    ['nothing in the way', {}, {}, { state: 'ready', reason: 'Ready.', until: null }],
    ['switched off', { enabled: false }, {}, { state: 'disabled', reason: 'Switched off by you.', until: null }],
    [
      'paused for a time',
      { pause: { until: AT } },
      {},
      { state: 'paused', reason: 'Paused by you until 14:10.', until: AT },
    ],
    [
      'paused until resumed',
      { pause: { until: null } },
      {},
      { state: 'paused', reason: 'Paused by you until you resume it.', until: null },
    ],
    ['a pause that is over', { pause: { until: NOW } }, {}, { state: 'ready', reason: 'Ready.', until: null }],
    [
      'a refused login',
      { needsSignIn: 'The login was revoked.' },
      {},
      { state: 'needs-sign-in', reason: 'The login was revoked.', until: null },
    ],
    [
      'a locked keyring',
      { keyringLocked: 'Unlock your keyring.' },
      {},
      { state: 'unlock-keyring', reason: 'Unlock your keyring.', until: null },
    ],
    [
      'a network fault',
      {},
      { unreachable: 'chatgpt.com could not be reached: its name is not known (DNS).' },
      {
        state: 'unreachable',
        reason: 'Unreachable. chatgpt.com could not be reached: its name is not known (DNS).',
        until: null,
      },
    ],
    [
      'a network fault with an open breaker',
      {},
      { unreachable: 'chatgpt.com does not answer.', breakerOpenUntil: AT },
      {
        state: 'unreachable',
        reason: 'Unreachable. chatgpt.com does not answer. It is tried again at 14:10.',
        until: AT,
      },
    ],
    [
      'as many calls as it may have',
      { maxConcurrency: 4, inFlight: 4 },
      {},
      { state: 'busy', reason: 'Busy with all 4 calls that it may have at once.', until: null },
    ],
    [
      'the one call that it may have',
      { maxConcurrency: 1, inFlight: 1 },
      {},
      { state: 'busy', reason: 'Busy with the one call that it may have at once.', until: null },
    ],
    [
      'calls below its limit',
      { maxConcurrency: 4, inFlight: 3 },
      {},
      { state: 'ready', reason: 'Ready.', until: null },
    ],
    [
      'an open breaker',
      {},
      { breakerOpenUntil: AT, breakerReason: 'Its last 5 calls failed (503).' },
      { state: 'degraded', reason: 'Its last 5 calls failed (503). It is tried again at 14:10.', until: AT },
    ],
    [
      'many failed calls',
      {},
      { errorRate: 0.35 },
      { state: 'degraded', reason: '35 % of its recent calls failed.', until: null },
    ],
    ['few failed calls', {}, { errorRate: 0.1 }, { state: 'ready', reason: 'Ready.', until: null }],
    [
      'a model that was refused lately',
      { unsupported: new Map([['gpt-6-sol', AT]]) },
      {},
      {
        state: 'plan-lacks-model',
        reason: 'Its plan does not include gpt-6-sol. Others are served. Asked again at 14:10.',
        until: AT,
      },
    ],
    [
      'every model refused',
      {
        unsupported: new Map([
          ['gpt-6-sol', AT],
          ['gpt-6-luna', AT + 1],
        ]),
      },
      {},
      {
        state: 'plan-lacks-model',
        reason: 'Its plan does not include gpt-6-luna, gpt-6-sol. Asked again at 14:10.',
        until: AT,
      },
    ],
    [
      'a refusal that is over',
      { unsupported: new Map([['gpt-6-sol', NOW]]) },
      {},
      { state: 'ready', reason: 'Ready.', until: null },
    ],
  ])('%s', (_, facts, signals, expected) => {
    expect(health(facts, signals)).toEqual(expected);
  });
});

describe('a rest in words', () => {
  const words = (windows: readonly (readonly [string, QuotaWindow])[], reason?: string, byPerson?: boolean) =>
    health({ rests: rest(AT, reason, byPerson), windows: new Map(windows) }).reason;

  test('names the window whose reset it waits for, not the one that is fuller', () => {
    expect(words([window('w', week, 100, AT + week), window('h', fiveHours, 97, AT + 20_000)])).toBe(
      'Resting until 14:10: the 5-hour window is used up.',
    );
  });

  test('names the longest window that is used up where none ends with it', () => {
    expect(words([window('h', fiveHours, 100, null), window('w', week, 100, AT + week)])).toBe(
      'Resting until 14:10: the weekly window is used up.',
    );
  });

  test("says what the upstream said where no window of its family explains it, and that it was the person's wish", () => {
    expect([
      words([window('x', week, 100, AT, 'bengalfox')], 'The account has reached its limit: try again in 2h.'),
      words([window('h', fiveHours, 10, AT)], 'x', true),
    ]).toEqual([
      'Resting until 14:10. The account has reached its limit: try again in 2h.',
      'Resting until 14:10: you asked for it.',
    ]);
  });

  test('names the family where it is not the plan’s own', () => {
    const windows = new Map([window('x', week, 100, AT, 'bengalfox')]);
    expect(
      restInWords({ windows }, 'bengalfox', { until: AT, reason: 'limit', byPerson: false, since: NOW }, NOW),
    ).toBe('Resting until 14:10: the weekly window of bengalfox is used up.');
  });
});

/** Whether each state by itself holds; `ready` always does. */
function holding(facts: Facts, signals: AccountSignals): Record<HealthState, boolean> {
  const later = (at: number | null | undefined) => at != null && at > NOW;
  return {
    disabled: !facts.enabled,
    paused: facts.pause !== null && (facts.pause.until === null || later(facts.pause.until)),
    'needs-sign-in': facts.needsSignIn !== null,
    'unlock-keyring': facts.keyringLocked !== null,
    resting: later(facts.rests.get('codex')?.until),
    unreachable: signals.unreachable !== null,
    busy: facts.maxConcurrency !== null && facts.inFlight >= facts.maxConcurrency,
    degraded: later(signals.breakerOpenUntil) || (signals.errorRate ?? 0) >= 0.2,
    'plan-lacks-model': [...facts.unsupported.values()].some(later),
    ready: true,
  };
}

test('for any facts there is exactly one state: the first that holds, with a reason, and an end that is still to come', () => {
  const moment = fc.integer({ min: NOW - 10_000, max: NOW + 40 * 86_400_000 });
  const words = fc.option(fc.string());
  const facts = fc.record<Facts>({
    enabled: fc.boolean(),
    pause: fc.option(fc.record({ until: fc.option(moment) })),
    needsSignIn: words,
    keyringLocked: words,
    maxConcurrency: fc.option(fc.integer({ min: 1, max: 3 })),
    inFlight: fc.nat(4),
    models: fc.option(fc.constant(new Set(['a', 'b']))),
    unsupported: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), moment)).map((list) => new Map(list)),
    windows: fc
      .array(fc.tuple(fc.constantFrom(fiveHours, week), fc.nat(100), fc.option(moment)))
      .map((list) => new Map(list.map(([length, used, at], index) => window(String(index), length, used, at)))),
    rests: fc
      .array(
        fc.tuple(
          fc.constantFrom('codex', 'bengalfox'),
          fc.record({ until: moment, reason: fc.string(), byPerson: fc.boolean(), since: moment }),
        ),
      )
      .map((list) => new Map(list)),
  });
  const signals = fc.record<AccountSignals>({
    errorRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    unreachable: words,
    breakerOpenUntil: fc.option(moment),
    breakerReason: words,
  });
  fc.assert(
    fc.property(facts, signals, (account, seen) => {
      const told = healthOf(account, seen, NOW);
      const holds = holding(account, seen);
      expect(accountHealthSchema.parse(told)).toEqual(told);
      expect(told.state).toBe(healthStates.find((state) => holds[state]));
      expect(told.reason.trim()).not.toBe('');
      expect(told.until === null || told.until > NOW).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
