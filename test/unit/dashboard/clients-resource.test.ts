import { expect, it } from 'vitest';
import { clientCheck, clientPlan, clientView } from './client-samples.ts';
import { startDashboard } from './dashboard-under-test.ts';

it('lists clients, shows what would change, connects, checks, takes back and makes a recipe', async () => {
  const room = await startDashboard();
  const post = (path: string) => room.ask(path, { method: 'POST', headers: room.script });

  const list = await room.ask('/api/clients', { headers: room.script });
  const answers = [];
  for (const action of ['plan', 'connect', 'verify', 'undo', 'recipe'])
    answers.push(await post(`/api/clients/codex/${action}`));

  expect(list.json()).toEqual({ baseUrl: 'http://127.0.0.1:4141/v1', models: [], clients: [clientView] });
  expect(answers.map((answer) => [answer.status, answer.json()])).toEqual([
    [200, clientPlan],
    [200, { ...clientPlan, keyId: 'key_1', secret: null, check: clientCheck }],
    [200, clientCheck],
    [200, { client: 'codex', files: [], keyRevoked: true, sentence: 'Codex is disconnected.' }],
    [201, { client: 'codex', keyId: 'key_1', secret: 'rk_secret', recipe: clientView.recipe }],
  ]);
  expect(room.asked).toEqual([
    ['connect', 'codex'],
    ['undo', 'codex'],
    ['recipe', 'codex'],
  ]);
});

it('is closed without a session or the token, and says what is not there', async () => {
  const room = await startDashboard();
  const closed = await room.ask('/api/clients/codex/connect', { method: 'POST' });
  const unknown = await room.ask('/api/clients/emacs/plan', { method: 'POST', headers: room.script });
  const wrong = await room.ask('/api/clients/codex/connect', { headers: room.script });
  expect([closed.status, unknown.status, wrong.status, wrong.headers.allow]).toEqual([401, 404, 405, 'POST']);
  expect(room.asked).toEqual([]);
});
