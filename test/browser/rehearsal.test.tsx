import { describe, expect, it } from 'vitest';
import type { RehearsalResult, RehearsalView } from '../../src-shared/contract/rehearsal.ts';
import { rehearsal } from '../unit/dashboard/samples.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const payload = '<img src=x onerror=\'document.title="owned"\'>';
const passed: RehearsalResult = {
  scene: 'rate limit',
  fault: 'an account answers 429',
  client: 'codex',
  passed: true,
  expected: 'the whole answer',
  saw: 'the whole answer',
  attempts: 2,
  spliced: 0,
  durationMs: 74,
};
const running: RehearsalView = { ...rehearsal, state: 'running', startedAt: Date.now(), total: 3, results: [passed] };

describe('the rehearsal', () => {
  it('is begun by its button and followed until it is over', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/rehearsal');
    await expect.element(screen.getByRole('heading', { name: 'Nothing has been rehearsed yet' })).toBeVisible();
    await expect.element(screen.getByText('Your settings.')).toBeVisible();
    relay.state.rehearsal = running;
    await screen.getByRole('button', { name: 'Run' }).click();
    await expect.element(screen.getByText('1 of 3 played')).toBeVisible();
    const bar = screen.getByRole('progressbar', { name: 'Rehearsal' });
    await expect.element(bar).toHaveAttribute('aria-valuenow', '1');
    await expect.element(screen.getByRole('button', { name: 'Running…' })).toBeDisabled();
    relay.state.rehearsal = { ...running, state: 'done', total: 1, endedAt: running.startedAt! + 13_900 };
    await expect.element(screen.getByText('1 of 1 passed')).toBeVisible();
    await expect.element(screen.getByText(/^13.9 s in all/)).toBeVisible();
    await expect.element(bar).not.toBeInTheDocument();
    await expect.element(screen.getByRole('button', { name: 'Run again' })).toBeEnabled();
    expect(relay.changes()).toEqual([['POST', '/api/rehearsal', null]]);
  });

  it('lists by scene and client what was seen, and what should have been', async () => {
    const relay = fakeRelay();
    const spliced: RehearsalResult = {
      ...passed,
      client: 'websocket',
      scene: 'cut',
      fault: 'a cut',
      attempts: 3,
      spliced: 1,
    };
    const failed: RehearsalResult = { ...spliced, client: 'chat stream', passed: false, saw: payload };
    relay.state.rehearsal = { ...running, state: 'done', endedAt: Date.now(), results: [passed, spliced, failed] };
    const screen = await openApp('/rehearsal');
    await expect.element(screen.getByText('2 of 3 passed')).toBeVisible();
    await expect.element(screen.getByText('1 failed')).toBeVisible();
    const rows = screen
      .getByRole('row')
      .elements()
      .map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ['Client', 'What it saw', 'Attempts', 'Spliced', 'Duration'],
      ['rate limitan account answers 429'],
      ['Codex', 'the whole answer', '2', 'no', '2 attempts · 74 ms'],
      ['cuta cut'],
      ['WebSocket', 'the whole answer', '3', '1', '3 attempts, spliced · 74 ms'],
      ['Chat Completions, streamed', `${payload}Should see: the whole answer`, '3', '1', '3 attempts, spliced · 74 ms'],
    ]);
    const signs = screen.getByRole('img', { name: /^(passed|failed)$/ }).elements();
    expect(signs.map((sign) => sign.getAttribute('aria-label'))).toEqual(['passed', 'passed', 'failed']);
    expect(screen.container.querySelectorAll('img')).toHaveLength(0);
  });

  it('says why it could not be played to its end, and why it could not be begun', async () => {
    const relay = fakeRelay();
    relay.state.rehearsal = { ...running, state: 'failed', endedAt: Date.now(), reason: 'No port is free.' };
    const screen = await openApp('/rehearsal');
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('It could not be played to its end. No port is free.');
    relay.state.refuseNext = 'Relay is shutting down.';
    await screen.getByRole('button', { name: 'Run again' }).click();
    await expect.element(screen.getByText('Relay is shutting down.')).toBeVisible();
  });

  it('is reached by the navigation', async () => {
    fakeRelay();
    const screen = await openApp('/accounts');
    await screen.getByRole('link', { name: 'Rehearsal' }).click();
    await expect.element(screen.getByRole('heading', { name: 'Rehearsal', level: 1 })).toBeVisible();
    await expect.element(screen.getByRole('link', { name: 'Rehearsal' })).toHaveAttribute('aria-current', 'page');
  });
});
