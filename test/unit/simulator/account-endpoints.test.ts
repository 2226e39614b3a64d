import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { type Body, codexBody, loginHeaders, type Simulation, startSimulation } from './simulation.ts';

const get = ({ urls, ann }: Simulation, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${urls.chatgptBaseUrl}${path}`, { headers: { ...loginHeaders(ann), ...headers } });

it('the model list has an ETag, follows the plan and the account, and is not sent twice', async () => {
  const simulation = await startSimulation({
    accounts: [
      { name: 'ann', kind: 'chatgpt', plan: 'free' },
      { name: 'key', kind: 'openai' },
    ],
  });
  const first = await get(simulation, '/codex/models?client_version=0.169.0');
  const { models } = (await first.json()) as { models: Body[] };
  expect(models.map((model) => model['slug'])).toEqual(['gpt-6-luna', 'gpt-5.6-luna', 'gpt-5.5', 'codex-auto-review']);
  expect(models[0]).toMatchObject({
    use_responses_lite: true,
    tool_mode: 'code_mode_only',
    context_window: 272_000,
    max_context_window: 872_000,
  });
  const etag = first.headers.get('etag')!;
  expect((await get(simulation, '/codex/models', { 'if-none-match': etag })).status).toBe(304);
  simulation.ann.models = ['gpt-5.5'];
  const changed = await get(simulation, '/codex/models', { 'if-none-match': etag });
  expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
});

it('the real Codex CLI takes the model list', { timeout: 30_000 }, async () => {
  const { urls, ann } = await startSimulation();
  const home = await mkdtemp(join(tmpdir(), 'relay-codex-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await writeFile(join(home, 'auth.json'), ann.authJson(), { mode: 0o600 });
  const config = [
    'cli_auth_credentials_store = "file"',
    `openai_base_url = "${urls.chatgptBaseUrl}/codex"`,
    `chatgpt_base_url = "${urls.chatgptBaseUrl}/"`,
  ];
  await writeFile(join(home, 'config.toml'), config.join('\n'));
  const { stdout } = await promisify(execFile)('codex', ['debug', 'models'], {
    env: { PATH: process.env['PATH'], CODEX_HOME: home, HOME: home },
    maxBuffer: 50_000_000,
  });
  const { models } = JSON.parse(stdout) as { models: Body[] };
  expect(models.map((model) => [model['slug'], model['description']])).toEqual(
    ann.models.map((slug) => [slug, expect.stringContaining('of the simulated backend.')]),
  );
});

it('the usage report tells the windows in seconds and the plan', async () => {
  const simulation = await startSimulation({
    accounts: [
      {
        name: 'ann',
        kind: 'chatgpt',
        plan: 'pro',
        fiveHour: { usedPercent: 12, resetsInMs: 3_600_000 },
        weekly: { usedPercent: 100, resetsInMs: 86_400_000 },
      },
      { name: 'key', kind: 'openai' },
    ],
  });
  const now = simulation.clock.now() / 1000;
  expect(await (await get(simulation, '/wham/usage')).json()).toMatchObject({
    user_id: 'user-ann',
    account_id: simulation.ann.accountId,
    email: 'ann@example.test',
    plan_type: 'pro',
    rate_limit: {
      allowed: false,
      limit_reached: true,
      primary_window: {
        used_percent: 12,
        limit_window_seconds: 18_000,
        reset_after_seconds: 3600,
        reset_at: now + 3600,
      },
      secondary_window: {
        used_percent: 100,
        limit_window_seconds: 604_800,
        reset_after_seconds: 86_400,
        reset_at: now + 86_400,
      },
    },
  });
});

it('accounts/check names the one account and its origin', async () => {
  const simulation = await startSimulation();
  const { ann } = simulation;
  ann.backendOrigin = 'NO_CONSTRAINT';
  expect(await (await get(simulation, '/wham/accounts/check')).json()).toMatchObject({
    accounts: [
      { id: ann.accountId, plan_type: 'plus', workspace_backend_origin: 'NO_CONSTRAINT', is_deactivated: false },
    ],
    account_ordering: [ann.accountId],
    default_account_id: ann.accountId,
  });
});

it('a reset credit empties the windows once', async () => {
  const simulation = await startSimulation({
    accounts: [
      { name: 'ann', kind: 'chatgpt', resetCredits: 1, fiveHour: { usedPercent: 80 } },
      { name: 'key', kind: 'openai' },
    ],
  });
  const { urls, ann } = simulation;
  const consume = async (): Promise<unknown> => {
    const url = `${urls.chatgptBaseUrl}/wham/rate-limit-reset-credits/consume`;
    const response = await fetch(url, {
      method: 'POST',
      headers: loginHeaders(ann),
      body: '{"redeem_request_id":"1"}',
    });
    return response.json();
  };
  expect(await (await get(simulation, '/wham/rate-limit-reset-credits')).json()).toEqual({ available_count: 1 });
  expect(await consume()).toEqual({ code: 'reset', windows_reset: 1 });
  expect(ann.windows.fiveHour?.usedPercent()).toBe(0);
  expect(await consume()).toEqual({ code: 'no_credit', windows_reset: 0 });
});

it('the old compact endpoint gives a blob of this account', async () => {
  const { urls, ann } = await startSimulation();
  const { model, instructions, input } = codexBody('long talk');
  const response = await fetch(`${urls.chatgptBaseUrl}/codex/responses/compact`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...loginHeaders(ann) },
    body: JSON.stringify({ model, instructions, input }),
  });
  expect(await response.json()).toMatchObject({
    output: [{ type: 'compaction', encrypted_content: expect.stringContaining(`enc:${ann.accountId}:`) }],
  });
});

it('a login is refused on every endpoint once it is revoked', async () => {
  const simulation = await startSimulation();
  simulation.ann.revokeLogin();
  for (const path of ['/codex/models', '/wham/usage', '/wham/accounts/check', '/wham/rate-limit-reset-credits']) {
    expect((await get(simulation, path)).status, path).toBe(401);
  }
});
