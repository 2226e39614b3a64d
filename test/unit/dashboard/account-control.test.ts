import { expect, test } from 'vitest';
import { startDashboard } from './dashboard-under-test.ts';
import { account, accountModels, accountTest, auditEntry } from './samples.ts';

type Running = Awaited<ReturnType<typeof startDashboard>>;

const send = (
  room: Running,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = room.script,
) =>
  room.ask(path, {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('every decision about an account has its path and answers the account as it is then', async () => {
  const room = await startDashboard();
  const answers = [
    await send(room, 'PATCH', '/api/accounts/acc_1', { label: 'home', policy: 'reserve', maxConcurrency: null }),
    await send(room, 'POST', '/api/accounts/acc_1/pause', {}),
    await send(room, 'POST', '/api/accounts/acc_1/pause', { forMs: 3_600_000 }),
    await send(room, 'POST', '/api/accounts/acc_1/pause', { untilReset: true }),
    await send(room, 'POST', '/api/accounts/acc_1/resume'),
    await send(room, 'POST', '/api/accounts/acc_1/pin', { forMs: 60_000 }),
    await send(room, 'POST', '/api/accounts/acc_1/unpin'),
    await send(room, 'POST', '/api/accounts/acc_1/rest', { untilReset: true }),
    await send(room, 'POST', '/api/accounts/acc_1/wake'),
    await send(room, 'POST', '/api/accounts/acc_1/move', { before: 'acc_2' }),
    await send(room, 'PUT', '/api/accounts/order', { ids: ['acc_2', 'acc_1'] }),
  ];
  const [list, one] = [{ accounts: [account] }, account];
  expect(answers.map((answer) => [answer.status, answer.json()])).toEqual(
    [one, one, one, one, one, one, one, one, one, list, list].map((body) => [200, body]),
  );
  expect(room.asked).toEqual([
    ['api', 'edit', 'acc_1', { label: 'home', policy: 'reserve', maxConcurrency: null }],
    ['api', 'pause', 'acc_1', {}],
    ['api', 'pause', 'acc_1', { forMs: 3_600_000 }],
    ['api', 'pause', 'acc_1', { untilReset: true }],
    ['api', 'resume', 'acc_1'],
    ['api', 'pin', 'acc_1', 60_000],
    ['api', 'unpin', 'acc_1'],
    ['api', 'restUntilReset', 'acc_1'],
    ['api', 'wake', 'acc_1'],
    ['api', 'move', 'acc_1', { before: 'acc_2' }],
    ['api', 'order', ['acc_2', 'acc_1']],
  ]);
});

test('models are read and read again, and a test is sent', async () => {
  const room = await startDashboard();
  const answers = [
    await send(room, 'GET', '/api/accounts/acc_1/models'),
    await send(room, 'POST', '/api/accounts/acc_1/refresh-models'),
    await send(room, 'POST', '/api/accounts/acc_1/test'),
    await send(room, 'GET', '/api/accounts/acc_9/models'),
    await send(room, 'GET', '/api/accounts/acc_1/test'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 405]);
  expect(answers.slice(0, 3).map((answer) => answer.json())).toEqual([accountModels, accountModels, accountTest]);
  expect(room.asked).toEqual([
    ['api', 'refreshModels', 'acc_1'],
    ['api', 'test', 'acc_1'],
  ]);
});

test('the usage of a login is read on demand, and that is no change that anybody made', async () => {
  const room = await startDashboard();
  const answer = await send(room, 'POST', '/api/accounts/acc_1/refresh-usage');
  expect([answer.status, answer.json(), room.asked]).toEqual([200, account, [['refreshUsage', 'acc_1']]]);
  expect((await send(room, 'GET', '/api/accounts/acc_1/refresh-usage')).status).toBe(405);
  expect((await send(room, 'POST', '/api/accounts/acc_9/refresh-usage')).status).toBe(404);
});

test('a change is told as the doing of the dashboard, of the command line, or of a script', async () => {
  const room = await startDashboard();
  const session = { cookie: await room.signIn(), origin: room.origin };
  await send(room, 'POST', '/api/accounts/acc_1/resume', undefined, session);
  await send(room, 'POST', '/api/accounts/acc_1/resume', undefined, { ...room.script, 'x-relay-client': 'cli' });
  await send(room, 'POST', '/api/accounts/acc_1/resume', undefined, { ...room.script, 'x-relay-client': 'dashboard' });
  await send(room, 'POST', '/api/accounts/acc_1/resume', undefined, { ...session, 'x-relay-client': 'cli' });
  expect(room.asked.map(([by]) => by)).toEqual(['dashboard', 'cli', 'api', 'dashboard']);
});

test.each<[string, string, unknown, string, string | null]>([
  ['PATCH', '/api/accounts/acc_1', { labels: 'x' }, 'invalid_value', 'labels'],
  ['PATCH', '/api/accounts/acc_1', { maxConcurrency: 0 }, 'invalid_value', 'maxConcurrency'],
  ['PATCH', '/api/accounts/acc_1', { maxConcurrency: '4' }, 'invalid_type', 'maxConcurrency'],
  ['PATCH', '/api/accounts/acc_1', { color: 'red' }, 'invalid_value', 'color'],
  ['PATCH', '/api/accounts/acc_1', { policy: 'first' }, 'invalid_value', 'policy'],
  ['POST', '/api/accounts/acc_1/pause', { forMs: 999 }, 'invalid_value', 'forMs'],
  ['POST', '/api/accounts/acc_1/pause', { forMs: 60_000, untilReset: true }, 'invalid_value', null],
  ['POST', '/api/accounts/acc_1/pause', { untilReset: false }, 'invalid_value', 'untilReset'],
  ['POST', '/api/accounts/acc_1/pin', {}, 'invalid_type', 'forMs'],
  ['POST', '/api/accounts/acc_1/pin', { forMs: 366 * 86_400_000 + 1 }, 'invalid_value', 'forMs'],
  ['POST', '/api/accounts/acc_1/rest', {}, 'invalid_value', 'untilReset'],
  ['POST', '/api/accounts/acc_1/move', {}, 'invalid_value', null],
  ['POST', '/api/accounts/acc_1/move', { before: 'acc_2', after: 'acc_3' }, 'invalid_value', null],
  ['PUT', '/api/accounts/order', { ids: [] }, 'invalid_value', 'ids'],
])('%s %s %j is refused and changes nothing', async (method, path, body, code, param) => {
  const room = await startDashboard();
  const answer = await send(room, method, path, body);
  expect([answer.status, answer.json(), room.asked]).toEqual([
    400,
    { error: { message: expect.any(String), type: 'invalid_request_error', param, code } },
    [],
  ]);
});

test('an account that is not there is said to be so on every path', async () => {
  const room = await startDashboard();
  const answers = [
    await send(room, 'PATCH', '/api/accounts/acc_9', { label: 'x' }),
    await send(room, 'POST', '/api/accounts/acc_9/pause', {}),
    await send(room, 'POST', '/api/accounts/acc_9/wake'),
    await send(room, 'DELETE', '/api/accounts/acc_9'),
  ];
  expect(answers.map((answer) => [answer.status, answer.json()])).toEqual(
    answers.map(() => [
      404,
      { error: { message: 'There is no acc_9.', type: 'invalid_request_error', param: null, code: 'not_found' } },
    ]),
  );
});

test('the audit is read by pages, of all accounts or of one', async () => {
  const room = await startDashboard();
  const all = await room.ask('/api/audit?limit=2&cursor=9', { headers: room.script });
  const one = await room.ask('/api/accounts/acc_gone/audit', { headers: room.script });
  const wrong = await room.ask('/api/audit?cursor=x', { headers: room.script });
  const page = { entries: [auditEntry], nextCursor: '7' };
  expect([all.json(), one.json(), wrong.status]).toEqual([page, page, 400]);
  expect(room.asked).toEqual([
    ['audit', { limit: 2, cursor: '9' }],
    ['audit', { limit: 50, accountId: 'acc_gone' }],
  ]);
});
