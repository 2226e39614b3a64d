import { describe, expect, it } from 'vitest';
import { startDashboard } from './dashboard-under-test.ts';
import { budget, rehearsal } from './samples.ts';
import { usage } from './usage-samples.ts';

type Running = Awaited<ReturnType<typeof startDashboard>>;

const post = (room: Running, path: string, body?: unknown) =>
  room.ask(path, {
    method: 'POST',
    headers: body === undefined ? room.script : { ...room.script, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

describe('limits and usage in the API', () => {
  it('lists, makes, changes and removes budgets', async () => {
    const room = await startDashboard();
    const headers = { ...room.script, 'content-type': 'application/json' };
    const wanted = { scope: 'project', subject: 'site', unit: 'cost', period: 'day', limit: 5_000_000 };
    const listed = await room.ask('/api/budgets', { headers: room.script });
    const made = await post(room, '/api/budgets', wanted);
    const bad = await post(room, '/api/budgets', { ...wanted, unit: 'euros' });
    const changed = await room.ask('/api/budgets/bud_1', { method: 'PATCH', headers, body: '{"limit":1}' });
    const removed = await room.ask('/api/budgets/bud_1', { method: 'DELETE', headers: room.script });
    expect([listed.json(), made.status, bad.status, changed.status, removed.status, room.asked]).toEqual([
      { budgets: [budget] },
      201,
      400,
      200,
      204,
      [
        ['create budget', { ...wanted, marks: [0.5, 0.8] }],
        ['change budget', 'bud_1', { limit: 1 }],
        ['remove budget', 'bud_1'],
      ],
    ]);
  });

  it('rotates with a grace of its own, and revokes with or without cutting what runs', async () => {
    const room = await startDashboard();
    await post(room, '/api/keys/key_1/rotate', { graceMs: 0 });
    await post(room, '/api/keys/key_1/revoke', { cut: true });
    const bad = await post(room, '/api/keys/key_1/rotate', { graceMs: -1 });
    expect([room.asked, bad.status]).toEqual([
      [
        ['rotate', 'key_1', 0],
        ['revoke', 'key_1', true],
      ],
      400,
    ]);
  });

  it('sums usage up, and exports what it shows with no cell that a spreadsheet would run', async () => {
    const room = await startDashboard();
    const query = '?from=1000&to=2000&by=account&compare=previous&project=';
    const shown = await room.ask(`/api/usage${query}`, { headers: room.script });
    const csv = await room.ask(`/api/usage/export.csv${query}`, { headers: room.script });
    const json = await room.ask(`/api/usage/export.json${query}`, { headers: room.script });
    const bad = await room.ask('/api/usage?by=colour', { headers: room.script });
    expect([shown.json(), json.json(), bad.status, csv.headers['content-disposition']]).toEqual([
      usage,
      usage,
      400,
      'attachment; filename="relay-usage.csv"',
    ]);
    const lines = csv.text.split('\r\n');
    expect([lines[0]?.slice(0, 36), lines[1]?.slice(0, 57), lines[2]?.slice(0, 30), lines.length]).toEqual([
      'from,account,calls,errors,error_rate',
      `2026-11-24T12:00:00.000Z,"'=HYPERLINK(""x"")",3,1,0.33333`,
      '2026-11-24T12:00:00.000Z,,3,1,',
      4,
    ]);
    const asked = { from: 1_000, to: 2_000, by: ['account'], order: 'calls', compare: 'previous', project: '' };
    expect(room.asked).toEqual([
      ['usage', { ...asked, series: 8 }],
      ['usage', { ...asked, series: 1_000 }],
      ['usage', { ...asked, series: 1_000 }],
    ]);
  });

  it('shows the last rehearsal, and begins one', async () => {
    const room = await startDashboard();
    const shown = await room.ask('/api/rehearsal', { headers: room.script });
    const begun = await post(room, '/api/rehearsal');
    expect([shown.json(), begun.status, begun.json(), room.asked]).toEqual([
      rehearsal,
      202,
      { ...rehearsal, state: 'running' },
      [['rehearse']],
    ]);
  });
});
