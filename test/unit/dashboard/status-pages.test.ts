import { describe, expect, test } from 'vitest';
import { startDashboard } from './dashboard-under-test.ts';
import { publicStatus } from './samples.ts';

describe('the public status', () => {
  test('is a page without script, with every text escaped', async () => {
    const room = await startDashboard();
    const page = await room.ask('/status');
    expect([page.status, page.headers['content-type'], page.headers['content-security-policy']]).toEqual([
      200,
      'text/html; charset=utf-8',
      expect.stringContaining("default-src 'none'"),
    ]);
    expect(page.text).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(page.text).toContain('failed &#38; more');
    expect(page.text).not.toMatch(/<script|style="|\son[a-z]+="/);
    expect(page.text).toContain('24 h: 100 % up of 1 min measured · 7 days: not measured');
  });

  test('is the same as JSON, and tells health checks by status code', async () => {
    const room = await startDashboard();
    const answers = await Promise.all(['/status.json', '/health/live', '/health/ready'].map((path) => room.ask(path)));
    expect(answers.map((answer) => [answer.status, answer.json()])).toEqual([
      [200, publicStatus],
      [200, { live: true }],
      [503, { ready: false, reasons: ['There are no accounts.'] }],
    ]);
  });

  test('gives Prometheus its figures', async () => {
    const room = await startDashboard();
    const answer = await room.ask('/metrics');
    expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'relay_calls_in_flight 0\n',
    ]);
  });

  test('takes reading only', async () => {
    const room = await startDashboard();
    const answer = await room.ask('/status', { method: 'POST' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});
