import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../../src-shared/contract/settings.ts';
import { startDashboard } from './dashboard-under-test.ts';
import { account, call, decision, key, keyUse, replayReport, routingView, startAt, status } from './samples.ts';

type Running = Awaited<ReturnType<typeof startDashboard>>;

const post = (room: Running, path: string, body?: unknown) =>
  room.ask(path, {
    method: 'POST',
    headers: body === undefined ? room.script : { ...room.script, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

describe('resources', () => {
  it('lists accounts, calls, keys, settings and status as their contracts say', async () => {
    const room = await startDashboard();
    const paths = [
      '/api/accounts',
      '/api/calls',
      '/api/calls/call_1',
      '/api/routing',
      '/api/keys',
      '/api/keys/use',
      '/api/settings',
      '/api/status',
    ];
    const answers = await Promise.all(paths.map((path) => room.ask(path, { headers: room.script })));
    expect(answers.map((answer) => [answer.status, answer.json()])).toEqual([
      [200, { accounts: [account] }],
      [200, { calls: [call], nextCursor: null, searchedTo: null }],
      [200, { ...call, decisions: [decision] }],
      [200, routingView],
      [200, { keys: [key] }],
      [200, { use: { key_1: keyUse } }],
      [200, settingsSchema.parse({})],
      [200, status],
    ]);
  });

  it('adds an account by API key', async () => {
    const room = await startDashboard();
    const answer = await post(room, '/api/accounts', { type: 'api-key', apiKey: 'sk-test', label: 'work' });
    expect([answer.status, answer.json()]).toEqual([201, { ...account, id: 'acc_2' }]);
    expect(room.asked).toEqual([
      ['api', 'addApiKey', { type: 'api-key', apiKey: 'sk-test', wire: 'responses', label: 'work' }],
    ]);
  });

  it('imports an auth.json', async () => {
    const room = await startDashboard();
    const answer = await post(room, '/api/accounts', { type: 'auth-json', content: '{"tokens":{}}' });
    expect([answer.status, answer.json()]).toEqual([201, { ...account, id: 'acc_3' }]);
    expect(room.asked).toEqual([
      ['api', 'importAuthJson', { type: 'auth-json', content: '{"tokens":{}}', acceptShared: false }],
    ]);
  });

  it('switches an account on and off, and removes it', async () => {
    const room = await startDashboard();
    const off = await post(room, '/api/accounts/acc_1/disable');
    const on = await post(room, '/api/accounts/acc_1/enable');
    const gone = await room.ask('/api/accounts/acc_1', { method: 'DELETE', headers: room.script });
    expect([off.json(), on.json(), gone.status, gone.text]).toEqual([{ ...account, enabled: false }, account, 204, '']);
    expect(room.asked).toEqual([
      ['api', 'setEnabled', 'acc_1', false],
      ['api', 'setEnabled', 'acc_1', true],
      ['api', 'remove', 'acc_1'],
    ]);
  });

  it('creates, changes, rotates and revokes a key', async () => {
    const room = await startDashboard();
    const created = await post(room, '/api/keys', { name: 'laptop' });
    const patch = (body: object) =>
      room.ask('/api/keys/key_1', {
        method: 'PATCH',
        headers: { ...room.script, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const changed = await patch({ overflow: true });
    const unknown = await patch({ prefix: 'other' });
    const rotated = await post(room, '/api/keys/key_1/rotate');
    const revoked = await post(room, '/api/keys/key_1/revoke');
    expect([created.status, created.json(), changed.json(), unknown.status, rotated.json(), revoked.json()]).toEqual([
      201,
      { key, secret: 'rk_secret' },
      { ...key, overflow: true },
      400,
      { key, secret: 'rk_rotated' },
      { ...key, revokedAt: startAt },
    ]);
    expect(room.asked.slice(0, 2)).toEqual([
      [
        'create',
        {
          name: 'laptop',
          project: null,
          member: null,
          models: null,
          accounts: null,
          requestsPerMinute: null,
          tokensPerMinute: null,
          concurrency: null,
          maxOutputTokens: null,
          endpoints: null,
          effortCeiling: null,
          overflow: false,
          splice: null,
          capture: null,
          expiresAt: null,
        },
      ],
      ['change', 'key_1', { overflow: true }],
    ]);
  });

  it('asks where a call would go, and what other choices would have done', async () => {
    const room = await startDashboard();
    const question = {
      model: 'gpt-5.5',
      key: 'laptop',
      conversation: 'conv_1',
      strategy: 'fastest',
      without: ['work'],
    };
    const preview = await post(room, '/api/routing/preview', question);
    const replay = await post(room, '/api/routing/replay', { since: 1, weights: { cache: 0 } });
    expect([preview.json(), replay.json()]).toEqual([decision, replayReport]);
    expect(room.asked).toEqual([
      ['preview', question],
      ['replay', { since: 1, weights: { cache: 0 } }],
    ]);
    const refused = await Promise.all([
      post(room, '/api/routing/preview', { strategy: 'luck' }),
      post(room, '/api/routing/replay', { since: 1, model: 'gpt-5.5' }),
      post(room, '/api/routing/replay', { weights: { cache: -1 } }),
    ]);
    expect(refused.map((answer) => [answer.status, answer.json()])).toMatchObject([
      [400, { error: { code: 'invalid_value', param: 'strategy' } }],
      [400, { error: { code: 'invalid_value', param: 'model' } }],
      [400, { error: { code: 'invalid_value', param: 'weights.cache' } }],
    ]);
  });

  it('lists to which account conversations are tied, and lets one or all of them go', async () => {
    const room = await startDashboard();
    const listed = await room.ask('/api/routing/affinities?limit=2&accountId=acc_1&cursor=7%3Aconv_2', {
      headers: room.script,
    });
    const remove = (path: string) =>
      room.ask(`/api/routing/affinities${path}`, { method: 'DELETE', headers: room.script });
    const one = await remove('/conv_1');
    const none = await remove('/conv_9');
    const all = await remove('');
    const gone = { conversationId: 'conv_0', accountId: 'acc_gone', accountLabel: null };
    const tied = { conversationId: 'conv_1', accountId: account.id, accountLabel: account.label };
    expect([listed.status, listed.json()]).toEqual([
      200,
      {
        affinities: [
          { ...tied, tiedAt: startAt, usedAt: startAt + 5, cachedTokens: 2048, turns: 3 },
          { ...gone, tiedAt: startAt, usedAt: startAt, cachedTokens: null, turns: 1 },
        ],
        nextCursor: null,
      },
    ]);
    expect([one.status, none.status, all.json()]).toEqual([204, 404, { released: 2 }]);
    expect(room.asked).toEqual([
      ['affinities', { limit: 2, accountId: 'acc_1', cursor: '7:conv_2' }],
      ['release', 'conv_1'],
      ['release', 'conv_9'],
      ['releaseAll'],
    ]);
  });

  it('asks the ledger for what the query says', async () => {
    const room = await startDashboard();
    await room.ask('/api/calls?limit=2&status=error&text=codex&cursor=5%3Acall_0', { headers: room.script });
    expect(room.asked).toEqual([['calls', { limit: 2, status: 'error', text: 'codex', cursor: '5:call_0' }]]);
  });

  it('says where secrets are, and moves them', async () => {
    const room = await startDashboard();
    const where = await room.ask('/api/secrets', { headers: room.script });
    const moved = await post(room, '/api/secrets/move', { to: 'file', passphrase: 'correct horse' });
    expect([where.json(), moved.json(), room.asked]).toEqual([
      { kind: 'keychain', place: 'the keychain of the operating system' },
      { kind: 'file', place: 'file', moved: 2, left: 0, next: null },
      [['api', 'move', { to: 'file', passphrase: 'given' }]],
    ]);
  });

  it('does not take the store of secrets as a setting like any other', async () => {
    const room = await startDashboard();
    const headers = { ...room.script, 'content-type': 'application/json' };
    const answer = await room.ask('/api/settings', { method: 'PATCH', headers, body: '{"secrets.store":"file"}' });
    expect([answer.status, room.asked]).toEqual([400, []]);
  });

  it('changes only the settings that were named', async () => {
    const room = await startDashboard();
    const headers = { ...room.script, 'content-type': 'application/json' };
    const answer = await room.ask('/api/settings', { method: 'PATCH', headers, body: '{"routing.maxAttempts":5}' });
    expect([answer.status, answer.json()]).toEqual([200, settingsSchema.parse({ 'routing.maxAttempts': 5 })]);
    expect(room.asked).toEqual([['patch', { 'routing.maxAttempts': 5 }]]);
  });

  it('answers 304 to a script that has the same state already', async () => {
    const room = await startDashboard();
    const first = await room.ask('/api/keys', { headers: room.script });
    const again = await room.ask('/api/keys', {
      headers: { ...room.script, 'if-none-match': first.headers.etag ?? '' },
    });
    expect([first.status, again.status, again.text]).toEqual([200, 304, '']);
  });
});

describe('refusals', () => {
  const refusal = (status: number, code: string, param: string | null, message: string) => [
    status,
    { error: { message, type: 'invalid_request_error', param, code } },
  ];

  it('names the field that cannot be used', async () => {
    const room = await startDashboard();
    const answers = [
      await post(room, '/api/keys', { name: 5 }),
      await post(room, '/api/keys', { name: '' }),
      await post(room, '/api/accounts', { type: 'cookie' }),
      await room.ask('/api/calls?limit=0', { headers: room.script }),
    ];
    expect(answers.map((answer) => [answer.status, answer.json()])).toEqual([
      refusal(400, 'invalid_type', 'name', expect.stringContaining('"name"') as never),
      refusal(400, 'invalid_value', 'name', expect.stringContaining('"name"') as never),
      refusal(400, 'invalid_value', 'type', expect.stringContaining('"type"') as never),
      refusal(400, 'invalid_value', 'limit', expect.stringContaining('"limit"') as never),
    ]);
    expect(room.asked).toEqual([]);
  });

  it('refuses a setting that does not exist', async () => {
    const room = await startDashboard();
    const headers = { ...room.script, 'content-type': 'application/json' };
    const answer = await room.ask('/api/settings', { method: 'PATCH', headers, body: '{"routing.magic":1}' });
    const message = 'There is no field named "routing.magic" here.';
    expect([answer.status, answer.json()]).toEqual(refusal(400, 'invalid_value', 'routing.magic', message));
  });

  it('refuses a body that is not JSON', async () => {
    const room = await startDashboard();
    const answer = await post(room, '/api/keys', '{"name":');
    const message = 'The request body is not valid JSON.';
    expect([answer.status, answer.json()]).toEqual(refusal(400, 'invalid_json', null, message));
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', ''])(
    'refuses the media type "%s", as forms of foreign pages send it',
    async (contentType) => {
      const room = await startDashboard();
      const headers = { ...room.script, ...(contentType === '' ? {} : { 'content-type': contentType }) };
      const answer = await room.ask('/api/keys', { method: 'POST', headers, body: '{"name":"x"}' });
      const message = 'Send the body as application/json.';
      expect([answer.status, answer.json()]).toEqual(refusal(415, 'unsupported_media_type', null, message));
      expect([answer.headers.connection, room.asked]).toEqual(['close', []]);
    },
  );

  it('refuses a body that is too large', async () => {
    const room = await startDashboard();
    const answer = await post(room, '/api/keys', { name: 'x'.repeat(70_000) });
    const message = 'The request body is too large.';
    expect([answer.status, answer.json()]).toEqual(refusal(413, 'body_too_large', null, message));
  });

  it('refuses a compressed body', async () => {
    const room = await startDashboard();
    const headers = { ...room.script, 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await room.ask('/api/keys', { method: 'POST', headers, body: 'x' });
    expect([answer.status, answer.json()]).toMatchObject([415, { error: { code: 'unsupported_encoding' } }]);
  });

  it('says which methods a path takes; reading changes nothing', async () => {
    const room = await startDashboard();
    const answers = await Promise.all(
      [
        ['/api/accounts/acc_1/disable', 'GET'],
        ['/api/accounts', 'PUT'],
        ['/api/calls', 'DELETE'],
        ['/api/session', 'GET'],
      ].map(([path = '', method = '']) => room.ask(path, { method, headers: room.script })),
    );
    expect(answers.map((answer) => [answer.status, answer.headers.allow])).toEqual([
      [405, 'POST'],
      [405, 'GET, POST'],
      [405, 'GET'],
      [405, 'POST'],
    ]);
    expect(room.asked).toEqual([]);
  });

  it('knows no other resource, account, key or call', async () => {
    const room = await startDashboard();
    const answers = [
      await room.ask('/api/nothing', { headers: room.script }),
      await room.ask('/api/calls/call_9', { headers: room.script }),
      await post(room, '/api/accounts/acc_9/enable'),
      await post(room, '/api/keys/key_9/revoke'),
    ];
    expect(answers.map((answer) => [answer.status, answer.json()])).toEqual([
      refusal(404, 'not_found', null, 'There is no such resource under /api.'),
      refusal(404, 'not_found', null, 'There is no call with this id in the log.'),
      refusal(404, 'not_found', null, 'There is no acc_9.'),
      refusal(404, 'not_found', null, 'There is no key_9.'),
    ]);
  });

  it('answers a bug with its id and no detail, and logs the detail', async () => {
    const room = await startDashboard();
    const answer = await room.ask('/api/calls/call_bug', { headers: room.script });
    const message = 'Something went wrong inside Relay.';
    expect([answer.status, answer.json()]).toEqual([
      500,
      { error: { message, type: 'server_error', param: null, code: 'internal_error' } },
    ]);
    expect(room.logged).toEqual([
      [
        {
          err: new Error('secret detail of a bug'),
          requestId: answer.headers['x-request-id'],
          path: '/api/calls/call_bug',
        },
        'dashboard failed',
      ],
    ]);
  });
});
