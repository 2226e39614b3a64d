import OpenAI from 'openai';
import { expect, onTestFinished, test } from 'vitest';
import { seenClientListSchema } from '../../src-shared/contract/client.ts';
import { startRelay } from '../support/running-relay.ts';

test('who has called is told with what was mended for it, and with the setting that spares it', async () => {
  const relay = await startRelay({ accounts: [{ name: 'a', kind: 'chatgpt', models: ['gpt-5.5'] }] });
  onTestFinished(() => relay.stop());
  const node = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: relay.key, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'sim:say hello' }];
  await node.chat.completions.create({ model: 'gpt-5.5', messages, temperature: 0.2, max_tokens: 50 });
  const call = (agent: string, path: string, body: object) =>
    fetch(`${relay.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${relay.key}`, 'user-agent': agent, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(async (response) => [response.status, await response.text()][0]);
  const plain = { model: 'gpt-5.5', input: 'sim:say hello' };
  const statuses = [
    await call('opencode/1.18.33', '/v1/responses', { ...plain, model: 'gpt-5-nano' }),
    await call('opencode/1.18.33', '/v1/responses', plain),
    await call('opencode/1.18.32', '/v1/responses', plain),
    await call('codex_cli_rs/0.169.0', '/v1/responses', plain),
  ];
  expect(statuses.slice(0, 3)).toEqual([404, 200, 200]);

  await expect.poll(async () => (await relay.calls()).filter(({ status }) => status !== 'inflight').length).toBe(5);
  const headers = { authorization: `Bearer ${relay.apiToken}` };
  const answer = await fetch(`${relay.url}/api/clients/seen`, { headers });
  const { lookedAt, clients } = seenClientListSchema.parse(await answer.json());

  expect(lookedAt).toBe(5);
  expect(clients.map(({ name, id, calls, keys }) => [name, id, calls, keys])).toEqual([
    ['OpenCode', 'opencode', 3, ['test']],
    ['Codex CLI', 'codex', 1, ['test']],
    ['OpenAI Node SDK', 'node', 1, ['test']],
  ]);
  const [opencode, codex, sdk] = clients;
  expect(opencode?.client).toBe('OpenCode 1.18.32');
  expect(opencode?.findings).toEqual([
    expect.objectContaining({
      kind: 'unknown-model',
      names: ['gpt-5-nano'],
      calls: 1,
      failed: true,
      fix: expect.stringContaining('small_model'),
    }),
  ]);
  expect(codex?.findings).toEqual([]);
  expect(sdk?.findings).toEqual([
    expect.objectContaining({
      kind: 'left-out',
      names: ['max_tokens', 'temperature'],
      failed: false,
      fix: 'Take max_tokens, temperature out of the request.',
    }),
    expect.objectContaining({ kind: 'translated', calls: 1, fix: expect.stringContaining('responses.create') }),
  ]);
  const { findings } = await relay.relay.doctor.examine();
  expect(findings.filter(({ check }) => check === 'client').map(({ subject, state }) => [subject, state])).toEqual([
    ['OpenCode', 'warning'],
    ['OpenAI Node SDK', 'ok'],
    ['OpenAI Node SDK', 'ok'],
  ]);
});
