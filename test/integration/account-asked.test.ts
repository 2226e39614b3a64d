import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { AccountModels, AccountTest } from '../../src-shared/contract/account-models.ts';
import type { AuditList } from '../../src-shared/contract/audit.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { api, ask, idOf, viewOf } from '../support/account-asks.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

const HOUR = 3_600_000;

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function pool(accounts: RunningRelayOptions['accounts'] & object): Promise<RunningRelay> {
  running = await startRelay({ accounts });
  return running;
}
const logins = (...names: string[]) => names.map((name) => ({ name, kind: 'chatgpt' as const }));

describe('testing an account', () => {
  const tested = (relay: RunningRelay, label: string): Promise<AccountTest> =>
    api(relay, 'POST', `/accounts/${idOf(relay, label)}/test`);
  const lastCall = async (relay: RunningRelay): Promise<CallRecord | undefined> => (await relay.calls()).at(-1);

  test.each(['chatgpt', 'openai'] as const)(
    'sends one tiny call to the smallest model of a %s account, in the log like any other',
    async (kind) => {
      const relay = await pool([{ name: 'a', kind }]);
      const result = await tested(relay, 'a');
      const requests = relay.simulator.modelRequests('a');
      const call = await lastCall(relay);
      expect(result).toEqual({
        ok: true,
        callId: call?.id,
        model: 'gpt-6-luna',
        ttftMs: call?.ttftMs,
        durationMs: call?.durationMs,
        error: null,
      });
      const limit = kind === 'openai' ? { max_output_tokens: 16 } : {};
      expect(requests.map(({ body }) => body)).toMatchObject([
        { model: 'gpt-6-luna', stream: true, store: false, reasoning: { effort: 'low' }, ...limit },
      ]);
      expect(call).toMatchObject({
        ...{ status: 'ok', keyId: 'test', keyName: 'test', client: 'Relay', endpoint: 'responses' },
        ...{ accountLabel: 'a', modelAsked: 'gpt-6-luna', modelRan: 'gpt-6-luna', httpStatus: 200 },
        ...{ attempts: [{ outcome: 'served', accountLabel: 'a' }], inputTokens: expect.any(Number) },
        ...{ costMicroUsd: expect.any(Number), outputTokens: expect.any(Number), ttftMs: expect.any(Number) },
      });
    },
  );

  test('goes to a base URL that speaks only Chat, too', async () => {
    const relay = await pool([{ name: 'a', kind: 'openai' }]);
    const { apiKey } = relay.simulator.account('a');
    const { id } = await relay.relay.accounts.addApiKey({ apiKey, wire: 'chat', label: 'a' });
    expect(await api<AccountTest>(relay, 'POST', `/accounts/${id}/test`)).toMatchObject({ ok: true, error: null });
    expect(relay.simulator.modelRequests('a').map(({ path }) => path)).toEqual(['/v1/chat/completions']);
  });

  test('goes through whatever stands in the way, and what the upstream answers is learned', async () => {
    const relay = await pool(logins('a'));
    const account = relay.simulator.account('a');
    const id = idOf(relay, 'a');
    await api(relay, 'POST', `/accounts/${id}/disable`);
    account.script({ kind: 'usage-limit', resetsInSeconds: 10_800 });
    const limited = await tested(relay, 'a');
    const failedCall = await lastCall(relay);
    await api(relay, 'POST', `/accounts/${id}/enable`);
    const resting = viewOf(relay, 'a').health;
    const answered = await tested(relay, 'a');
    expect([limited.ok, limited.error?.code, failedCall?.status, failedCall?.keyId]).toEqual([
      false,
      'usage_limit_reached',
      'error',
      'test',
    ]);
    expect(limited.error?.message).toBe(failedCall?.reason);
    expect([resting.state, answered.ok, viewOf(relay, 'a').health.state]).toEqual(['resting', true, 'ready']);
  });

  test('says what is wrong with a login that was revoked, and needs no second call to mark it', async () => {
    const relay = await pool(logins('a'));
    relay.simulator.account('a').revokeLogin();
    const result = await tested(relay, 'a');
    expect([result.ok, typeof result.error?.message, viewOf(relay, 'a').health.state]).toEqual([
      false,
      'string',
      'needs-sign-in',
    ]);
    expect(await lastCall(relay)).toMatchObject({ status: 'error', keyId: 'test' });
  });

  test('is one at a time for each account', async () => {
    const relay = await pool(logins('a'));
    const both = await Promise.allSettled([tested(relay, 'a'), tested(relay, 'a')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((each) => each.status === 'rejected')?.reason.message).toContain(
      '409 {"error":{"message":"a is being tested already. Wait for its answer."',
    );
    expect(relay.simulator.modelRequests('a').length).toBe(1);
  });

  test('is never done by Relay itself: without being asked nothing is sent', async () => {
    const relay = await pool(logins('a', 'b'));
    await ask(relay);
    expect((await relay.calls()).filter(({ keyId }) => keyId === 'test')).toEqual([]);
  });
});

describe('models of an account', () => {
  test('are its own, with their windows, and those refused lately say until when', async () => {
    const relay = await pool([{ name: 'a', kind: 'chatgpt', models: ['gpt-5.5', 'gpt-6.1-terra'] }]);
    const id = idOf(relay, 'a');
    relay.relay.accounts.lacksModel(id, 'gpt-5.5', Date.now() + HOUR);
    relay.relay.accounts.lacksModel(id, 'gpt-4.1', Date.now() + HOUR);
    const list = await api<AccountModels>(relay, 'GET', `/accounts/${id}/models`);
    const shown = list.models.map(({ slug, listed, contextWindow, maxContextWindow, refusedUntil }) => [
      ...[slug, listed, contextWindow, maxContextWindow, refusedUntil !== null],
    ]);
    expect([shown, viewOf(relay, 'a').health.state]).toEqual([
      [
        ['gpt-5.5', true, 272_000, 272_000, true],
        ['gpt-6.1-terra', true, 500_000, 872_000, false],
        ['gpt-4.1', false, null, null, true],
      ],
      'plan-lacks-model',
    ]);
    expect(list.readAt).toEqual(expect.any(Number));
  });

  test('are read again when asked for, and a list that cannot be read is said to be so', async () => {
    const relay = await pool(logins('a'));
    const account = relay.simulator.account('a');
    const id = idOf(relay, 'a');
    account.models = ['gpt-6-luna'];
    const again = await api<AccountModels>(relay, 'POST', `/accounts/${id}/refresh-models`);
    account.script({ kind: 'status', status: 500, body: {}, when: { endpoint: 'models' } });
    await expect(api(relay, 'POST', `/accounts/${id}/refresh-models`)).rejects.toThrow(
      '502 {"error":{"message":"The model list of this login could not be read (HTTP 500)."',
    );
    expect([again.models.map(({ slug }) => slug), viewOf(relay, 'a').models]).toEqual([['gpt-6-luna'], ['gpt-6-luna']]);
  });
});

test('nothing of what was done holds a secret, in the answers or in the data folder', async () => {
  const relay = await pool([...logins('a'), { name: 'k', kind: 'openai' }]);
  const { simulator } = relay;
  const a = simulator.account('a');
  const secrets = new Set<string>([relay.apiToken, relay.key, simulator.account('k').apiKey]);
  const remember = (): void => {
    const { idToken, accessToken, refreshToken } = a.tokens.current;
    for (const token of [idToken, accessToken, refreshToken]) secrets.add(token);
  };
  const id = idOf(relay, 'a');
  remember();
  const answers = [
    await api(relay, 'PATCH', `/accounts/${id}`, { label: 'mine', color: '#112233' }),
    await api(relay, 'POST', `/accounts/${id}/pause`, { untilReset: true }).catch(String),
    await api(relay, 'POST', `/accounts/${id}/pin`, { forMs: HOUR }),
    await api(relay, 'POST', `/accounts/${id}/test`),
    await api(relay, 'GET', `/accounts/${id}/models`),
  ];
  a.refreshElsewhere();
  remember();
  answers.push(await api(relay, 'POST', '/accounts', { type: 'auth-json', content: a.authJson(), acceptShared: true }));
  a.revokeLogin();
  answers.push(await api(relay, 'POST', `/accounts/${id}/test`));
  answers.push(await api(relay, 'DELETE', `/accounts/${id}`));
  const audit = await api<AuditList>(relay, 'GET', '/audit?limit=500');
  expect(audit.entries.map(({ actor, what }) => `${actor} ${what}`).reverse()).toEqual([
    'automatic imported',
    'automatic added',
    'api changed',
    'api pinned',
    'api tested',
    'api imported',
    'automatic needs-sign-in',
    'api tested',
    'api deleted',
  ]);
  await relay.relay.ledger.flush();
  const { dataDir } = relay.relay.status();
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'lock')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  const written = [...files, Buffer.from(JSON.stringify([answers, audit]))];
  for (const secret of secrets) {
    expect(written.filter((bytes) => bytes.includes(secret)).length).toBe(0);
  }
  // The search finds what is there.
  expect([secrets.size, files.some((bytes) => bytes.includes('Label: mine'))]).toEqual([9, true]);
});
