import { describe, expect, test } from 'vitest';
import { createStatus, type StatusPorts } from '../../../src-main/status/status.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';
import { account } from '../dashboard/samples.ts';
import { begun, served } from '../ledger/sample-call.ts';

const NOW = Date.UTC(2026, 10, 23, 12);

async function board(
  changes: Partial<StatusPorts> = {},
  database = createMemoryDatabase(),
  clock = createManualClock(NOW),
) {
  const state = {
    views: [account] as AccountView[],
    draining: false,
    paused: false,
    ledger: { state: 'ok', reason: null } as ReturnType<StatusPorts['storage']['ledger']>,
  };
  let tell = (_call: CallRecord): void => undefined;
  const status = await createStatus({
    database,
    clock,
    version: '0.1.0',
    startedAt: NOW,
    accounts: () => state.views,
    hostOf: (id) => (id === 'acc_1' ? 'chatgpt.com' : null),
    onCall(listener) {
      tell = listener;
      return () => undefined;
    },
    callsInFlight: () => 3,
    damagedEvents: () => 2,
    gateway: {
      ask: async () => undefined,
      longestPauseMs: () => 12,
      isDraining: () => state.draining,
      isPaused: () => state.paused,
    },
    storage: { ledger: () => state.ledger, read: async () => [], freeBytes: async () => 10 ** 10 },
    secrets: { kind: () => 'keychain', read: async () => null },
    schedule: () => () => undefined,
    storageFailed: (error) => {
      throw error;
    },
    ...changes,
  });
  const parts = () =>
    Object.fromEntries(status.view().subsystems.map(({ id, state, sentence }) => [id, `${state}: ${sentence}`]));
  return { status, clock, database, state, parts, tell: (call: CallRecord) => tell(call) };
}

const failedAttempt = (errorCode: string, httpStatus: number | null = null) => ({
  ...served('call').attempts[0]!,
  startedAt: NOW,
  durationMs: 0,
  outcome: 'failed' as const,
  httpStatus,
  errorCode,
});

describe('what the parts of Relay say', () => {
  test('everything works, and an upstream is only known from calls', async () => {
    const { status, parts } = await board();
    expect(status.view().state).toBe('unknown');
    await status.measure();
    expect({ parts: parts(), sentence: status.view().sentence }).toEqual({
      parts: {
        gateway: 'ok: It answers.',
        pool: 'ok: 1 of 1 account can serve.',
        storage: 'ok: It is written and can be read.',
        secrets: 'ok: They are in the OS keychain, which can be read.',
        'upstream:chatgpt.com': 'unknown: No call in the last 15 minutes.',
      },
      sentence: 'Everything that was measured works.',
    });
  });

  test('each part says what is wrong with it', async () => {
    const resting: AccountView = { ...account, id: 'acc_2', health: { ...account.health, state: 'resting' } };
    const { status, state, parts } = await board({
      gateway: {
        ask: async () => Promise.reject(new Error('fetch failed.')),
        longestPauseMs: () => 0,
        isDraining: () => false,
        isPaused: () => false,
      },
      storage: {
        ledger: () => ({ state: 'ok', reason: null }),
        read: async () => [],
        freeBytes: async () => 5 * 1024 * 1024,
      },
      secrets: { kind: () => 'keychain', read: async () => Promise.reject(new Error('locked: token sk-secret')) },
    });
    state.views = [account, resting, { ...account, id: 'acc_3', enabled: false }];
    await status.measure();
    expect({ parts: parts(), state: status.view().state }).toEqual({
      parts: {
        gateway: 'down: It could not be measured: fetch failed.',
        pool: 'degraded: 1 of 2 accounts can serve.',
        storage: 'degraded: Only 5 MiB are left on its disk.',
        secrets: 'down: They are in the OS keychain, which cannot be read: unlock it.',
        'upstream:chatgpt.com': 'unknown: No call in the last 15 minutes.',
      },
      state: 'down',
    });
  });

  test('an upstream that fails is told from one that refuses an account or a request', async () => {
    const { status, parts, tell, clock } = await board();
    const settle = (attempt: ReturnType<typeof failedAttempt>) => tell(served('call', { attempts: [attempt] }));
    for (let count = 0; count < 3; count += 1) settle(failedAttempt('usage_limit_reached', 429));
    await status.measure();
    const limited = parts()['upstream:chatgpt.com'];
    clock.advance(16 * 60_000);
    const late = { startedAt: clock.now() };
    for (const code of ['upstream_connection_error', 'upstream_timeout', 'upstream_stream_truncated']) {
      settle({ ...failedAttempt(code), ...late });
    }
    await status.measure();
    const down = parts()['upstream:chatgpt.com'];
    settle({ ...failedAttempt('server_error', 500), ...late });
    for (let count = 0; count < 5; count += 1) status.probed('acc_1', true);
    await status.measure();
    expect([limited, down, parts()['upstream:chatgpt.com']]).toEqual([
      'ok: Answered just now.',
      'down: 3 of 3 requests failed in the last 15 minutes, the last just now.',
      'degraded: 4 of 9 requests failed in the last 15 minutes.',
    ]);
  });
});

test('what was measured survives a restart, and the time in between is a gap and not uptime', async () => {
  const first = await board();
  await first.status.measure();
  first.clock.advance(60_000);
  await first.status.measure();
  first.clock.advance(3_600_000);
  const second = await board({}, first.database, first.clock);
  await second.status.measure();
  second.clock.advance(30_000);
  await second.status.measure();
  const gateway = second.status.view().subsystems.find(({ id }) => id === 'gateway');
  expect({ since: gateway?.since, day: gateway?.uptime[0] }).toEqual({
    since: NOW + 3_660_000,
    day: { windowMs: 86_400_000, share: 1, measuredMs: 90_000 },
  });
});

test('a part that never answers is down, and holds up no other', async () => {
  const timers: (() => void)[] = [];
  const { status, parts } = await board({
    secrets: { kind: () => 'file', read: () => new Promise(() => undefined) },
    schedule(run) {
      timers.push(run);
      return () => undefined;
    },
  });
  const measuring = status.measure();
  for (const run of timers) run();
  await measuring;
  expect(parts()).toMatchObject({
    secrets: 'down: It did not answer within 10 s.',
    pool: 'ok: 1 of 1 account can serve.',
  });
});

test('readiness names everything that stands in the way of a call', async () => {
  const { status, state } = await board();
  const before = status.readiness();
  Object.assign(state, {
    draining: true,
    paused: true,
    views: [],
    ledger: { state: 'degraded', reason: 'The disk is full.' },
  });
  expect([before, status.readiness()]).toEqual([
    { ready: true, reasons: [] },
    {
      ready: false,
      reasons: [
        'Relay is shutting down.',
        'Relay is paused by a person.',
        'There are no accounts.',
        'The disk is full.',
      ],
    },
  ]);
});

test('metrics count settled calls once, and tokens only where they are known', async () => {
  const { status, tell } = await board();
  tell(begun('call_1'));
  tell(served('call_1'));
  tell(begun('call_2', { status: 'error' }));
  const text = await status.metrics.text();
  const figures = text
    .split('\n')
    .filter((line) => /^relay_(calls|damaged|attempts|tokens|accounts|window)/.test(line));
  expect(figures).toEqual([
    'relay_calls_total{endpoint="responses",status="ok"} 1',
    'relay_calls_total{endpoint="responses",status="error"} 1',
    'relay_attempts_total{outcome="served"} 1',
    'relay_tokens_total{kind="input"} 1000',
    'relay_tokens_total{kind="cached"} 900',
    'relay_tokens_total{kind="output"} 20',
    'relay_calls_with_unknown_usage_total 1',
    'relay_calls_in_flight 3',
    'relay_damaged_events_total 2',
    'relay_accounts{state="ready"} 1',
    'relay_window_used_ratio{account="acc_1",family="codex",window="5-hour"} 0.42',
  ]);
});
