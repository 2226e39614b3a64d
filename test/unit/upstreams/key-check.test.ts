import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createSimulator, type Simulator } from '../../../src-main/simulator/simulator.ts';
import { createExchanges } from '../../../src-main/upstreams/exchange.ts';
import { createKeyCheck } from '../../../src-main/upstreams/openai/key-check.ts';
import { systemClock } from '../../../src-shared/domain/clock.ts';

async function scene(): Promise<{ simulator: Simulator; check: ReturnType<typeof createKeyCheck>; host: string }> {
  const simulator = createSimulator({
    clock: systemClock,
    accounts: [{ name: 'key', kind: 'openai', models: ['gpt-5.5'] }],
  });
  const { openaiBaseUrl } = await simulator.start();
  const exchanges = createExchanges(() => 5_000);
  onTestFinished(async () => {
    await exchanges.close();
    await simulator.stop();
  });
  const check = createKeyCheck({ exchanges, baseUrl: openaiBaseUrl, version: '1.2.3' });
  return { simulator, check, host: new URL(openaiBaseUrl).host };
}

test('a good key is told by its own model list, with one call', async () => {
  const { simulator, check } = await scene();
  const { apiKey } = simulator.account('key');
  expect(await check({ apiKey, baseUrl: null })).toEqual([{ slug: 'gpt-5.5', info: null }]);
  expect(simulator.journal.map(({ method, path, status }) => [method, path, status])).toEqual([
    ['GET', '/v1/models', 200],
  ]);
});

test('a key that is refused, one that may not ask, and a service that fails are told apart', async () => {
  const { simulator, check, host } = await scene();
  const { apiKey } = simulator.account('key');
  const when = { endpoint: 'models' as const };
  simulator
    .account('key')
    .script(
      { kind: 'status', status: 403, body: 'no', when },
      { kind: 'status', status: 500, when },
      { kind: 'json-200', body: { hello: 'world' }, when },
      { kind: 'redirect', location: 'https://elsewhere.test/', when },
    );
  await expect(check({ apiKey: 'sk-wrong', baseUrl: null })).rejects.toMatchObject({
    code: 'invalid_value',
    param: 'apiKey',
    message: `${host} does not accept this API key. Copy it again, or make a new one. Nothing was kept.`,
  });
  await expect(check({ apiKey, baseUrl: null })).rejects.toMatchObject({
    code: 'invalid_value',
    message: `${host} does not let this API key list its models. Use another key, or keep it without the check (--unchecked).`,
  });
  for (const status of [500, 200, 307]) {
    await expect(check({ apiKey, baseUrl: null })).rejects.toMatchObject({
      code: 'upstream_error',
      message: `${host} answered ${status} when asked for its models.`,
    });
  }
});

test('a base URL of its own is asked, and one where nobody answers is no refusal of the key', async () => {
  const { check } = await scene();
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.end('{"data":[{"id":"local-model"}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  expect([await check({ apiKey: 'sk-mine', baseUrl }), asked]).toEqual([
    [{ slug: 'local-model', info: null }],
    [['/api/v1/models', 'Bearer sk-mine']],
  ]);
  server.close().closeAllConnections();
  await expect(check({ apiKey: 'sk-mine', baseUrl })).rejects.toMatchObject({ code: 'upstream_connection_error' });
});
