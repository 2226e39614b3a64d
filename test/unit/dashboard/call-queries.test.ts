import { describe, expect, it } from 'vitest';
import { startDashboard } from './dashboard-under-test.ts';
import { failureList } from './failure-samples.ts';
import { call, startAt } from './samples.ts';

describe('questions about calls in the API', () => {
  it('takes every filter by its kind, and refuses what is none', async () => {
    const room = await startDashboard();
    const ask = (query: string) => room.ask(`/api/calls?${query}`, { headers: room.script });
    await ask(
      'httpStatus=429&stream=false&failedOver=true&minCostMicroUsd=5&maxTtftMs=1.5&from=1&to=9&project=&cause=err_1',
    );
    const refused = await Promise.all(
      ['httpStatus=9', 'stream=maybe', 'minCostMicroUsd=-1', 'from=soon', 'status=fine', 'endpoint=x'].map(ask),
    );
    expect([room.asked, refused.map(({ status }) => status)]).toEqual([
      [
        [
          'calls',
          {
            ...{ limit: 50, httpStatus: 429, stream: false, failedOver: true, minCostMicroUsd: 5, maxTtftMs: 1.5 },
            ...{ from: 1, to: 9, project: '', cause: 'err_1' },
          },
        ],
      ],
      [400, 400, 400, 400, 400, 400],
    ]);
  });

  it('suggests values of a field, before any call of that name', async () => {
    const room = await startDashboard();
    const answer = await room.ask('/api/calls/values?field=accountId&from=5&text=per', { headers: room.script });
    const bad = await room.ask('/api/calls/values?field=reason', { headers: room.script });
    expect([answer.json(), bad.status, room.asked]).toEqual([
      { values: [{ value: 'acc_1', name: 'personal', lastAt: startAt }] },
      400,
      [['values', { field: 'accountId', from: 5, text: 'per', limit: 100 }]],
    ]);
  });

  it('sums usage up by hour of the week', async () => {
    const room = await startDashboard();
    const answer = await room.ask('/api/usage/hours?from=1000&to=2000&model=gpt-5.5', { headers: room.script });
    const bad = await room.ask('/api/usage/hours?timeZone=Mars/Base', { headers: room.script });
    expect([answer.json(), bad.status, room.asked]).toEqual([
      { from: 1_000, to: 2_000, timeZone: 'UTC', hours: [] },
      400,
      [['hours', { from: 1_000, to: 2_000, model: 'gpt-5.5' }]],
    ]);
  });

  it('lists errors by their cause', async () => {
    const room = await startDashboard();
    const answer = await room.ask('/api/errors?phase=answer&accountId=acc_1&points=2', { headers: room.script });
    const bad = await room.ask('/api/errors?phase=later', { headers: room.script });
    expect([answer.json(), bad.status, room.asked]).toEqual([
      failureList,
      400,
      [['failures', { phase: 'answer', accountId: 'acc_1', points: 2, limit: 100 }]],
    ]);
  });

  it('exports all calls of a filter page by page, with no cell that a spreadsheet would run', async () => {
    const hostile = ['=HYPERLINK("http://x")', '+cmd', '@SUM(A1)', '\t=1', '-2', 'plain, "quoted"'];
    const calls = hostile.map((userAgent, index) => ({ ...call, id: `call_${index}`, userAgent }));
    const room = await startDashboard();
    room.state.pages = [calls.slice(0, 4), calls.slice(4)];
    const csv = await room.ask('/api/calls/export.csv?status=error', { headers: room.script });
    room.state.pages = [calls.slice(0, 4), calls.slice(4)];
    const lines = await room.ask('/api/calls/export.jsonl?status=error', { headers: room.script });
    const [head, ...rows] = csv.text.trimEnd().split('\r\n');
    const column = head?.split(',').indexOf('user_agent') ?? -1;
    const agents = rows.map((row) => (row.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [])[column]?.replace(/,$/, ''));
    expect(agents).toEqual([
      `"'=HYPERLINK(""http://x"")"`,
      `'+cmd`,
      `'@SUM(A1)`,
      `"'\t=1"`,
      `'-2`,
      `"plain, ""quoted"""`,
    ]);
    expect(
      lines.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(calls);
    expect([csv.headers['content-disposition'], lines.headers['content-disposition']]).toEqual([
      'attachment; filename="relay-calls.csv"',
      'attachment; filename="relay-calls.jsonl"',
    ]);
    const asked = [
      ['calls', { status: 'error', limit: 500 }],
      ['calls', { status: 'error', limit: 500, cursor: '1' }],
    ];
    expect(room.asked).toEqual([...asked, ...asked]);
  });

  it('refuses an export whose filter cannot be used before the file begins', async () => {
    const room = await startDashboard();
    const { status, headers } = await room.ask('/api/calls/export.csv?status=fine', { headers: room.script });
    expect([status, headers['content-disposition']]).toEqual([400, undefined]);
  });
});
