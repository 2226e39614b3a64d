import { describe, expect, it } from 'vitest';
import type { AffinityView } from '../../src-shared/contract/affinity.ts';
import { account, replayReport } from '../unit/dashboard/samples.ts';
import { chooseOption } from './choose-option.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

type Relay = ReturnType<typeof fakeRelay>;

const tie = (index: number): AffinityView => ({
  ...{ conversationId: `conv_${index}`, accountId: 'acc_1', accountLabel: 'personal', turns: 3, cachedTokens: 12_000 },
  ...{ tiedAt: Date.now() - 60_000, usedAt: Date.now() - 30_000 },
});
const saved = (relay: Relay) => relay.asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
const asked = (relay: Relay, what: string) =>
  relay.asked
    .filter(({ path }) => path === `/api/routing/${what}`)
    .map(({ body }) => {
      const { since: _, ...rest } = body as { since?: number };
      return rest;
    });

describe('routing', () => {
  it('tries a choice out on the last hour and on the next call before it is saved, and takes it back', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/routing');
    const replayed = screen.getByRole('region', { name: 'The last hour with this choice' });
    await expect.element(replayed.getByText('4 of 10 calls')).toBeVisible();
    await expect.element(replayed.getByText(/, and 1 to no account at all/)).toBeVisible();
    const cells = [...replayed.element().querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(cells).toEqual([
      ['personal', '6', '9'],
      ['work', '4', '0'],
      ['Conversations moved', '1', '2'],
      ['Tokens from a cache', '8k', '6k'],
      ['At API prices', '$0.0150', '$0.0190'],
      ['Really spent', '$0.00', '$0.00'],
    ]);
    await chooseOption(screen.getByRole('combobox', { name: 'Strategy' }), 'Fastest');
    await screen.getByRole('spinbutton', { name: 'Weight of cache' }).fill('2.5');
    await expect.element(screen.getByText('Tried out below, not saved.')).toBeVisible();
    const draft = { strategy: 'fastest', weights: { cache: 2.5 } };
    await expect.poll(() => asked(relay, 'replay').at(-1)).toEqual(draft);
    await expect.poll(() => asked(relay, 'preview').at(-1)).toEqual(draft);
    expect(saved(relay)).toEqual([]);
    await screen.getByRole('button', { name: 'Save' }).click();
    await expect.element(screen.getByText(/^Saved: the next call/)).toBeVisible();
    await screen.getByRole('button', { name: 'Undo the change' }).click();
    await expect.element(screen.getByRole('combobox', { name: 'Strategy' })).toHaveTextContent('Balanced');
    await expect.element(screen.getByRole('button', { name: 'Undo the change' })).not.toBeInTheDocument();
    expect(saved(relay)).toEqual([
      { 'routing.strategy': 'fastest', 'routing.weights': { cache: 2.5 } },
      { 'routing.strategy': 'balanced', 'routing.weights': {} },
    ]);
  });

  it('overwrites no change that was made elsewhere meanwhile', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/routing');
    await screen.getByRole('spinbutton', { name: 'Weight of speed' }).fill('1');
    relay.state.settings = { ...relay.state.settings, 'retention.days': 7 };
    await screen.getByRole('button', { name: 'Save' }).click();
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent(
        'The settings were changed elsewhere meanwhile, and are read again. Look at yours and save once more.',
      );
    expect(relay.state.settings['routing.weights']).toEqual({});
    await screen.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => relay.state.settings['routing.weights']).toEqual({ speed: 1 });
  });

  it('says so where no call of the last hour can be decided again', async () => {
    const relay = fakeRelay();
    relay.state.replay = () => ({ ...replayReport, calls: 0, accounts: [], examples: [] });
    const screen = await openApp('/routing');
    await expect.element(screen.getByText(/^No call of the last hour has a decision/)).toBeVisible();
  });

  it('asks where a call for another model would go', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/routing');
    await chooseOption(screen.getByRole('combobox', { name: 'Model of the call' }), 'gpt-6.1-sol');
    await expect
      .poll(() => asked(relay, 'preview').at(-1))
      .toEqual({ strategy: 'balanced', weights: {}, model: 'gpt-6.1-sol' });
    const card = screen.getByRole('region', { name: 'Where a call would go now' });
    await expect.element(card.getByText(/^Strategy balanced for gpt-6\.1-sol/)).toBeVisible();
  });

  it('lists what is left alone with what ends it, and wakes an account', async () => {
    const relay = fakeRelay();
    const until = Date.now() + 90_000;
    relay.state.accounts = [{ ...account, health: { state: 'resting', reason: 'Its 5-hour window is spent.', until } }];
    const { routing } = relay.state;
    const breaker = { accountId: 'acc_1', accountLabel: 'personal', until } as const;
    relay.state.routing = {
      ...routing,
      breakers: [
        { ...breaker, model: null, state: 'open' },
        { ...breaker, model: 'gpt-5.5', state: 'half-open' },
      ],
      overflow: { spentMicroUsd: 5_000_000, ceilingMicroUsd: 5_000_000 },
    };
    const screen = await openApp('/routing', [360, 800]);
    await expect.element(screen.getByText('Its 5-hour window is spent.')).toBeVisible();
    await expect.element(screen.getByText(/Breaker open: the path to it keeps failing/)).toBeVisible();
    await expect.element(screen.getByText(/Breaker half-open/)).toBeVisible();
    await expect.element(screen.getByText(/The ceiling is reached: until tomorrow/)).toBeVisible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await screen.getByRole('button', { name: 'Try again now' }).click();
    await expect.poll(() => relay.changes().map(([, path]) => path)).toContain('/api/accounts/acc_1/wake');
  });

  it('lists many ties with few rows, reads on at the end, and releases one or all', async () => {
    const relay = fakeRelay();
    relay.state.affinities = Array.from({ length: 250 }, (_, index) => tie(index));
    const screen = await openApp('/routing');
    const list = screen.getByRole('region', { name: 'Conversations, used last first' });
    await expect.element(list.getByText('conv_0', { exact: true })).toBeInTheDocument();
    expect(list.getByRole('listitem').elements().length).toBeLessThan(60);
    await expectNoAxeViolations();
    list.element().scrollTop = 99 * 36;
    await expect.element(list.getByText('conv_105', { exact: true })).toBeInTheDocument();
    list.element().scrollTop = 0;
    await list.getByRole('button', { name: 'Release conv_0', exact: true }).click();
    await expect.element(list.getByText('conv_0', { exact: true })).not.toBeInTheDocument();
    await screen.getByRole('button', { name: 'Release all…' }).click();
    await screen.getByRole('dialog').getByRole('button', { name: 'Release all' }).click();
    await expect.element(screen.getByText(/^No conversation is tied/)).toBeVisible();
    expect(relay.changes().filter(([method]) => method === 'DELETE')).toEqual([
      ['DELETE', '/api/routing/affinities/conv_0', null],
      ['DELETE', '/api/routing/affinities', null],
    ]);
  });
});
