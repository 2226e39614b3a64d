import { afterEach, expect, test } from 'vitest';
import { type AccountView, accountListSchema } from '../../src-shared/contract/account.ts';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

const HOUR = 3_600_000;
const when = { endpoint: 'usage' as const };

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** The accounts are tried in the order given. */
const pool = async (...names: readonly string[]): Promise<RunningRelay> => {
  running = await startRelay({
    accounts: names.map((name) => ({ name, kind: 'chatgpt' })),
    settings: { 'routing.strategy': 'fill-first' },
  });
  return running;
};

async function api(relay: RunningRelay, path: string, method = 'GET'): Promise<Response> {
  return fetch(`${relay.url}/api/accounts${path}`, { method, headers: { authorization: `Bearer ${relay.apiToken}` } });
}

async function shown(relay: RunningRelay, label: string): Promise<AccountView> {
  const { accounts } = accountListSchema.parse(await (await api(relay, '')).json());
  return accounts.find((account) => account.label === label)!;
}

const readNow = async (relay: RunningRelay, label: string): Promise<number> =>
  (await api(relay, `/${(await shown(relay, label)).id}/refresh-usage`, 'POST')).status;

/** The status that a client gets, and the account that answered. */
async function call(relay: RunningRelay): Promise<[status: number, account: string | null]> {
  const { status } = await rawCall(relay.url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'hi' }),
  });
  return [status, (await relay.calls()).at(-1)?.accountLabel ?? null];
}

const told = ({ windows }: AccountView) => windows.map(({ name, usedPercent, source }) => [name, usedPercent, source]);

test('a window that reads as spent refuses no call: only the upstream does', async () => {
  const relay = await pool('a');
  const spent = { used_percent: 100, limit_window_seconds: 18_000, reset_after_seconds: 3_600 };
  const body = { rate_limit: { allowed: false, limit_reached: true, primary_window: spent, secondary_window: null } };
  relay.simulator.account('a').script({ kind: 'json-200', body, when });
  expect(await readNow(relay, 'a')).toBe(200);
  expect(await shown(relay, 'a')).toMatchObject({
    health: { state: 'ready' },
    windows: [
      { usedPercent: 100, forecast: { verdict: 'used-up', sentence: expect.stringMatching(/^Used up; resets in /) } },
    ],
  });
  expect(await call(relay)).toEqual([200, 'a']);
  // The answer of the call is newer, and says otherwise.
  const { windows } = await shown(relay, 'a');
  expect(windows).toMatchObject([
    {
      usedPercent: 0,
      source: 'headers',
      contradicts: 'Within a minute the usage endpoint said 100 % used and the answer of a call 0 %.',
    },
    { usedPercent: 0, source: 'headers', contradicts: null },
  ]);
});

test('a refusal tells the quota it was made for, and a later reading that says free ends the rest', async () => {
  const relay = await pool('a', 'b');
  const fiveHour = relay.simulator.account('a').windows.fiveHour;
  fiveHour?.set({ usedPercent: 100, resetsInMs: 3 * HOUR });
  expect(await call(relay)).toEqual([200, 'b']);
  const resting = await shown(relay, 'a');
  expect([resting.health.state, told(resting)]).toEqual([
    'resting',
    [
      ['5-hour', 100, 'headers'],
      ['weekly', 0, 'headers'],
    ],
  ]);
  // The upstream frees the account hours before the time that it gave.
  fiveHour?.set({ usedPercent: 10 });
  expect(await readNow(relay, 'a')).toBe(200);
  expect(await shown(relay, 'a')).toMatchObject({ health: { state: 'ready' }, windows: [{ usedPercent: 10 }, {}] });
  expect(await call(relay)).toEqual([200, 'a']);
});

test('calls are served while the usage endpoint is silent', async () => {
  const relay = await pool('a');
  relay.simulator.account('a').script({ kind: 'silence', at: 'before-headers', when });
  const reading = readNow(relay, 'a').catch(() => 0);
  await expect.poll(() => relay.simulator.journal.some(({ path }) => path.endsWith('/wham/usage'))).toBe(true);
  expect(await call(relay)).toEqual([200, 'a']);
  await relay.stop();
  running = null;
  await reading;
});
