import { expect, it } from 'vitest';
import { startDashboard } from './dashboard-under-test.ts';
import { account, foundLogin, signIn } from './samples.ts';

type Running = Awaited<ReturnType<typeof startDashboard>>;

const post = (room: Running, path: string, body?: unknown) =>
  room.ask(path, {
    method: 'POST',
    headers: body === undefined ? room.script : { ...room.script, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

it('starts, shows, finishes and cancels a sign-in, and shows what logins there are on this machine', async () => {
  const room = await startDashboard();
  room.changeSignIns([signIn]);
  const get = (path: string) => room.ask(`/api/accounts/${path}`, { headers: room.script });
  const started = await post(room, '/api/accounts/sign-ins', { method: 'device', accountId: 'acc_1' });
  const list = await get('sign-ins');
  const one = await get('sign-ins/signin_1');
  const pasted = await post(room, '/api/accounts/sign-ins/signin_1/callback', {
    url: 'http://127.0.0.1:1455/?code=c',
  });
  const cancelled = await room.ask('/api/accounts/sign-ins/signin_1', { method: 'DELETE', headers: room.script });
  const unknown = await get('sign-ins/signin_2');
  const odd = await post(room, '/api/accounts/sign-ins', { method: 'telepathy' });
  const found = await get('found');
  expect([started.status, started.json(), list.json(), one.json(), pasted.json(), cancelled.json()]).toEqual([
    201,
    signIn,
    { signIns: [signIn] },
    signIn,
    { ...signIn, state: 'done' },
    { ...signIn, state: 'cancelled' },
  ]);
  expect([unknown.status, odd.status, found.json()]).toEqual([404, 400, { logins: [foundLogin] }]);
  expect(room.asked).toEqual([
    ['start', { method: 'device', accountId: 'acc_1' }, 'api'],
    ['paste', 'signin_1', 'http://127.0.0.1:1455/?code=c'],
    ['cancel', 'signin_1'],
  ]);
});

it('imports a found login by its path, linked to it', async () => {
  const room = await startDashboard();
  const { path } = foundLogin;
  const imported = await post(room, '/api/accounts/found', { path, acceptShared: true });
  const more = await post(room, '/api/accounts/found', { path, content: 'mine' });
  expect([imported.status, imported.json(), more.status]).toEqual([201, { ...account, id: 'acc_3' }, 400]);
  expect(room.asked).toEqual([
    ['readFound', path],
    ['api', 'importAuthJson', { type: 'auth-json', content: '{"tokens":{}}', path, acceptShared: true }],
  ]);
});
