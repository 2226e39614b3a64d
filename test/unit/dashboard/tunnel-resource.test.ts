import { expect, it } from 'vitest';
import { startDashboard } from './dashboard-under-test.ts';

it('shows, opens and closes the tunnel, with who did it; a repeat with its key gets the same answer', async () => {
  const room = await startDashboard();
  const ask = (method: string, headers: Record<string, string> = {}, body?: string) =>
    room.ask('/api/tunnel', {
      method,
      headers: { ...room.script, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const json = { 'content-type': 'application/json', 'idempotency-key': 'once' };
  const wish = JSON.stringify({ via: 'tailscale', forMs: 60_000 });
  const [shown, opened, repeated, closed] = [
    await ask('GET'),
    await ask('POST', json, wish),
    await ask('POST', json, wish),
    await ask('DELETE', { 'x-relay-client': 'tray' }),
  ];
  expect([shown.status, opened.status, repeated.status, closed.status]).toEqual([200, 201, 201, 200]);
  expect([opened.json(), repeated.json()]).toMatchObject([{ secret: 'rk_tunnel' }, { secret: 'rk_tunnel' }]);
  expect(room.asked).toEqual([
    ['open tunnel', { via: 'tailscale', forMs: 60_000 }, 'api'],
    ['close tunnel', 'tray'],
  ]);
});

it('takes no other program, no other time, and nobody without the token', async () => {
  const room = await startDashboard();
  const post = (body: object, headers: Record<string, string>) =>
    room.ask('/api/tunnel', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const answers = [
    await post({ via: 'ngrok' }, room.script),
    await post({ forMs: 1_000 }, room.script),
    await post({ forMs: 8 * 86_400_000 }, room.script),
    await post({}, {}),
  ];
  expect([answers.map(({ status }) => status), room.asked]).toEqual([[400, 400, 400, 401], []]);
});
