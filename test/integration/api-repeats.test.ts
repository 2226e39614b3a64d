import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let running: RunningRelay;
beforeAll(async () => {
  running = await startRelay({ strangers: [{ name: 'new', kind: 'openai' }] });
});
afterAll(() => running.stop());

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const { status, text, ...answer } = await rawCall(running.url, {
    method,
    path,
    headers: { authorization: `Bearer ${running.apiToken}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status, text, headers: answer.headers, etag: String(answer.headers['etag']) };
}
const json = ({ text }: { text: string }) => JSON.parse(text);

describe('ETags', () => {
  test.each([
    '/api/keys',
    '/api/accounts',
    '/api/settings',
    '/api/budgets',
    '/api/usage?from=0&to=3600000',
    '/api/openapi.json',
  ])('%s is not sent again to who has it', async (path) => {
    const first = await ask('GET', path);
    const again = await ask('GET', path, undefined, { 'if-none-match': `"other", ${first.etag}` });
    const other = await ask('GET', path, undefined, { 'if-none-match': '"other"' });
    expect([first.status, again.status, again.text, again.etag, other.status, other.text]).toEqual([
      200,
      304,
      '',
      first.etag,
      200,
      first.text,
    ]);
  });

  /** A thing of each kind, and two changes of it. */
  const things = {
    async keys() {
      const { key } = json(await ask('POST', '/api/keys', { name: 'tagged' }));
      return { path: `/api/keys/${key.id}`, changes: [{ concurrency: 2 }, { concurrency: 3 }] };
    },
    async accounts() {
      const [account] = running.relay.accounts.list();
      return { path: `/api/accounts/${account?.id}`, changes: [{ policy: 'reserve' }, { policy: 'normal' }] };
    },
    async budgets() {
      const wanted = { scope: 'member', subject: 'ada', unit: 'tokens', period: 'day', limit: 10 };
      const { id } = json(await ask('POST', '/api/budgets', wanted));
      return { path: `/api/budgets/${id}`, changes: [{ limit: 20 }, { limit: 30 }] };
    },
    async settings() {
      return { path: '/api/settings', changes: [{ 'routing.maxAttempts': 4 }, { 'routing.maxAttempts': 5 }] };
    },
  };

  test.each(Object.entries(things))(
    'of two who change %s at once from the same state, the second is told',
    async (_, make) => {
      const { path, changes } = await make();
      const { etag } = await ask('GET', path);
      const first = await ask('PATCH', path, changes[0], { 'if-match': etag });
      const second = await ask('PATCH', path, changes[1], { 'if-match': etag });
      const again = await ask('PATCH', path, changes[1], { 'if-match': first.etag });
      const any = await ask('PATCH', path, changes[0], { 'if-match': '*' });
      expect([first, second, again, any].map(({ status }) => status)).toEqual([200, 412, 200, 200]);
      expect(json(second).error).toMatchObject({ type: 'invalid_request_error', code: 'precondition_failed' });
      expect((await ask('GET', path)).etag).toBe(any.etag);
    },
  );

  test('a key that is used meanwhile can be changed all the same', async () => {
    const { key, secret } = json(await ask('POST', '/api/keys', { name: 'busy' }));
    const { etag } = await ask('GET', `/api/keys/${key.id}`);
    await rawCall(running.url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
    });
    const used = await ask('GET', `/api/keys/${key.id}`);
    const changed = await ask('PATCH', `/api/keys/${key.id}`, { concurrency: 1 }, { 'if-match': etag });
    expect([used.etag === etag, changed.status]).toEqual([false, 200]);
  });

  test('what is deleted is deleted once', async () => {
    const wanted = { scope: 'member', subject: 'eve', unit: 'tokens', period: 'day', limit: 10 };
    const { id } = json(await ask('POST', '/api/budgets', wanted));
    const stale = await ask('DELETE', `/api/budgets/${id}`, undefined, { 'if-match': '"x.y"' });
    const first = await ask('DELETE', `/api/budgets/${id}`);
    const again = await ask('DELETE', `/api/budgets/${id}`);
    expect([stale.status, first.status, again.status]).toEqual([412, 204, 404]);
  });
});

describe('Idempotency-Key', () => {
  const creating = {
    '/api/keys': { name: 'once' },
    '/api/budgets': { scope: 'project', subject: 'once', unit: 'tokens', period: 'day', limit: 10 },
    '/api/accounts': { type: 'api-key', apiKey: '', label: 'once' },
  };
  test.each(Object.entries(creating))(
    'a repeated POST to %s does nothing more and answers the same',
    async (path, given) => {
      const body = path === '/api/accounts' ? { ...given, apiKey: running.simulator.account('new').apiKey } : given;
      const count = async () => (Object.values(json(await ask('GET', path)))[0] as unknown[]).length;
      const before = await count();
      const headers = { 'idempotency-key': 'try-1' };
      const both = await Promise.all([ask('POST', path, body, headers), ask('POST', path, body, headers)]);
      const again = await ask('POST', path, body, headers);
      const other = await ask('POST', path, { ...body, more: 1 }, headers);
      const made = both.find(({ status }) => status === 201);
      // The one that came second was told to wait, or got the first one's answer.
      expect(both.every(({ status, text }) => status === 409 || text === made?.text)).toBe(true);
      expect([
        again.status,
        again.text,
        again.headers['idempotency-replayed'],
        other.status,
        (await count()) - before,
      ]).toEqual([201, made?.text, 'true', 400, 1]);
    },
  );

  test('what was refused is not kept: the same key may try again', async () => {
    const headers = { 'idempotency-key': 'try-2' };
    const refused = await ask('POST', '/api/keys', { name: '' }, headers);
    const body = { name: 'late', expiresAt: 1 };
    const passed = await ask('POST', '/api/keys', body, { 'idempotency-key': 'try-3' });
    const again = await ask('POST', '/api/keys', body, { 'idempotency-key': 'try-3' });
    const fixed = await ask('POST', '/api/keys', { name: 'good' }, headers);
    const long = await ask('POST', '/api/keys', { name: 'good' }, { 'idempotency-key': 'x'.repeat(256) });
    expect([refused, passed, again, fixed, long].map(({ status }) => status)).toEqual([400, 400, 400, 201, 400]);
  });

  test('rotation repeated with one Idempotency-Key makes one secret', async () => {
    const { key } = json(await ask('POST', '/api/keys', { name: 'turning' }));
    const rotate = () => ask('POST', `/api/keys/${key.id}/rotate`, { graceMs: 60_000 }, { 'idempotency-key': 'turn' });
    const [first, second] = [await rotate(), await rotate()];
    expect([first.status, second.text]).toEqual([200, first.text]);
  });
});
