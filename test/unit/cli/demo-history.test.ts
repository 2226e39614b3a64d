import { expect, it } from 'vitest';
import { demoHistory } from '../../../src-main/cli/demo-history.ts';
import { callSchema } from '../../../src-shared/contract/call.ts';
import { key } from '../dashboard/samples.ts';

it('the demo’s past is made of calls like any other, in order and before now', () => {
  let turn = 0;
  const random = () => {
    turn += 1;
    const wave = Math.sin(turn) * 10_000;
    return wave - Math.floor(wave);
  };
  const now = Date.UTC(2026, 10, 24, 12, 30);
  const accounts = [
    { id: 'acc_1', label: 'personal', metered: false },
    { id: 'acc_2', label: 'work', metered: false },
    { id: 'acc_3', label: 'api key', metered: true },
  ];
  const keys = [{ key, client: 'Codex CLI 0.169.0', userAgent: 'codex_cli_rs/0.169.0' }];
  const calls = [...demoHistory({ now, days: 3, accounts, keys, random })];
  expect(calls.map((call) => callSchema.parse(call))).toEqual(calls);
  expect(calls.every(({ startedAt }) => startedAt < now)).toBe(true);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  expect(new Set(calls.map(({ status }) => status))).toEqual(new Set(['ok', 'error']));
  expect(calls.some(({ status, attempts }) => status === 'ok' && attempts.length === 2)).toBe(true);
});
