import { describe, expect, it } from 'vitest';
import type { FailureGroup } from '../../src-shared/contract/failure.ts';
import { chooseOption } from './choose-option.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const payload = '<img src=x onerror=\'document.title="owned"\'>';

const cause: FailureGroup = {
  id: 'cause_1',
  phase: 'answer',
  code: 'upstream_rate_limit',
  httpStatus: 429,
  upstream: 'chatgpt',
  reason: payload,
  seen: 2,
  absorbed: 31,
  firstAt: Date.now() - 7_200_000,
  lastAt: Date.now() - 60_000,
  keys: [{ id: 'key_1', name: 'laptop', count: 33 }],
  accounts: [{ id: 'acc_1', name: payload, count: 33 }],
  models: Array.from({ length: 8 }, (_, index) => ({ id: `model-${index}`, name: `model-${index}`, count: 8 - index })),
  callIds: ['call_1'],
  series: [0, 1, 5].map((absorbed, index) => ({ at: index, seen: index, absorbed })),
};

async function openErrors(errors: FailureGroup[], address = '/errors') {
  const relay = fakeRelay();
  relay.state.failures = { from: 0, to: 1, causes: errors.length + 3, seen: 2, absorbed: 31, errors, uncounted: 5 };
  const screen = await openApp(address);
  return { relay, screen };
}

describe('the errors page', () => {
  it('groups failures by cause, with what clients saw and what they did not; all of it is text', async () => {
    const { screen } = await openErrors([cause]);
    const row = screen.getByRole('listitem').filter({ hasText: 'Refused by the upstream · upstream_rate_limit · 429' });
    await expect.element(row.getByRole('img', { name: '2 seen, 31 absorbed over time' })).toBeVisible();
    await expect.element(screen.getByText('3 causes more. Choose a shorter window to see them.')).toBeVisible();
    await expect.element(screen.getByText(/5 are left/)).toBeVisible();
    await row.getByText(/^Refused by the upstream/).click();
    await expect.element(row.getByRole('region', { name: 'Models' }).getByText('and 2 more')).toBeVisible();
    expect(document.title).not.toBe('owned');
    await expectNoAxeViolations();
  });

  it('leads to the calls of a cause, and of a key that met it', async () => {
    const { relay, screen } = await openErrors([cause]);
    await screen.getByText(/^Refused by the upstream/).click();
    await expect
      .element(screen.getByRole('link', { name: 'laptop' }))
      .toHaveAttribute('href', '/calls?cause=cause_1&keyId=key_1');
    await expect
      .element(screen.getByRole('link', { name: 'The newest call' }))
      .toHaveAttribute('href', '/calls/call_1');
    await screen.getByRole('link', { name: 'All its calls' }).click();
    await expect.element(screen.getByRole('button', { name: 'Take away: Cause: cause_1' })).toBeVisible();
    await expect.poll(() => relay.asked.at(-1)?.path).toBe('/api/calls?limit=200&cause=cause_1');
  });

  it('is kept to a window and a kind of cause by its address', async () => {
    const { relay, screen } = await openErrors([cause]);
    await chooseOption(screen.getByRole('combobox', { name: 'Cause' }), 'Broke off after output');
    await chooseOption(screen.getByRole('combobox', { name: 'Window' }), 'Last 7 days');
    expect(location.search).toBe('?window=7d&phase=stream');
    const query = () =>
      new URLSearchParams(relay.asked.findLast(({ path }) => path.startsWith('/api/errors'))?.path.slice(12));
    await expect.poll(() => Number(query().get('to')) - Number(query().get('from'))).toBe(7 * 86_400_000 + 1);
    expect(query().get('phase')).toBe('stream');
  });

  it('says so where nothing failed', async () => {
    const { screen } = await openErrors([]);
    await expect.element(screen.getByRole('heading', { name: 'Nothing failed' })).toBeVisible();
    await screen.getByRole('button', { name: 'Show the last 30 days' }).click();
    expect(location.search).toBe('?window=30d');
  });

  it('asks again for what could not be read', async () => {
    const { relay, screen } = await openErrors([cause], '/keys');
    await expect.element(screen.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
    relay.state.refuseNext = 'The log cannot be read now.';
    await screen.getByRole('link', { name: 'Errors' }).click();
    await expect.element(screen.getByRole('alert')).toHaveTextContent('The log cannot be read now.');
    await screen.getByRole('button', { name: 'Try again' }).click();
    await expect.element(screen.getByText(/^Refused by the upstream/)).toBeVisible();
  });
});
