import '../../src-renderer/styles/app.css';
import { expect, it } from 'vitest';
import { render } from 'vitest-browser-react';
import { CallBreakdown } from '../../src-renderer/features/calls/call-breakdown.tsx';
import { DecisionCard } from '../../src-renderer/features/calls/decision-card.tsx';
import type { DecisionCandidate, DecisionView } from '../../src-shared/contract/decision.ts';
import type { PartName } from '../../src-shared/domain/decision.ts';
import { call, startAt } from '../unit/dashboard/samples.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const part = (name: PartName, value: number, weight: number, why: string) => ({
  name,
  value,
  weight,
  points: value * weight,
  why,
});

const candidate = (accountLabel: string, fields: Partial<DecisionCandidate>): DecisionCandidate => ({
  accountId: `acc_${accountLabel}`,
  accountLabel,
  score: null,
  gate: null,
  parts: [],
  lost: null,
  ...fields,
});

const decision: DecisionView = {
  at: startAt,
  strategy: 'balanced',
  model: 'gpt-5.5',
  conversation: { ownerId: 'acc_work', cachedTokens: 84_000 },
  chosenId: 'acc_personal',
  reason: 'personal is 0.17 ahead of work: weekly 80 % left, resets Wed.',
  candidates: [
    candidate('resting', {
      gate: { code: 'resting', reason: 'Resting until 13:00.', until: startAt + 1 },
      lost: 'resting could not serve: Resting until 13:00.',
    }),
    candidate('work', {
      score: 0.63,
      parts: [
        part('headroom', 0.25, 0.4, 'weekly 12 % left, resets Thu'),
        part('reliability', 1, 0.3, 'no recent calls'),
      ],
      lost: 'work lost by 0.17: weekly 12 % left, resets Thu',
    }),
    candidate('personal', {
      score: 0.8,
      parts: [
        part('headroom', 0.75, 0.4, 'weekly 80 % left, resets Wed'),
        part('reliability', 1, 0.3, 'no recent calls'),
      ],
    }),
  ],
};

it('shows the best first, what sets them apart as bars, and why each of the others lost', async () => {
  const { container } = await render(<DecisionCard decision={decision} title={null} />);
  expect([...container.querySelectorAll('p')].slice(0, 2).map(({ textContent }) => textContent)).toEqual([
    decision.reason,
    'Strategy balanced for gpt-5.5; the conversation was held by work',
  ]);
  expect(
    [...container.querySelectorAll('tr')].map((row) => [...row.children].map(({ textContent }) => textContent)),
  ).toEqual([
    ['Account', 'Headroom', 'Score'],
    ['personal (chosen)', '0.30', '0.80'],
    ['weekly 80 % left, resets Wed'],
    ['work', '0.10', '0.63'],
    ['work lost by 0.17: weekly 12 % left, resets Thu'],
    ['resting', 'resting', '—'],
    ['resting could not serve: Resting until 13:00.'],
  ]);
  const bars = [...container.querySelectorAll<HTMLElement>('td [aria-hidden] > div')];
  expect(bars.map(({ style }) => style.width)).toEqual(['75%', '25%']);
  expect(container.textContent).toContain('The same for all: reliability.');
});

it('has as many columns in each row where every account was kept out', async () => {
  const nobody = { ...decision, chosenId: null, candidates: decision.candidates.slice(0, 1) };
  const { container } = await render(<DecisionCard decision={nobody} title={null} />);
  const cells = [...container.querySelectorAll('tr')].map((row) => [...row.querySelectorAll('th, td')]);
  const widths = cells.map((row) => row.reduce((sum, cell) => sum + (cell as HTMLTableCellElement).colSpan, 0));
  expect(widths).toEqual([3, 3, 3]);
});

it('gives each choice of a call that moved on a card of its own', async () => {
  const moved = { ...decision, chosenId: 'acc_work', reason: 'work is the only account that can serve.' };
  const { container } = await render(<CallBreakdown call={{ ...call, decisions: [decision, moved] }} />);
  const section = container.querySelector('section[aria-label=Decision]');
  expect(section?.querySelectorAll('table')).toHaveLength(2);
  expect(section?.textContent).toContain('2. work is the only account that can serve.');
});

it('says so where there is none', async () => {
  const text = async (fields: object): Promise<string | null | undefined> => {
    const { container } = await render(<CallBreakdown call={{ ...call, decisions: [], ...fields }} />);
    return container.querySelector('section[aria-label=Decision] p')?.textContent;
  };
  expect(await text({})).toBe('None is kept for this call.');
  expect(await text({ status: 'inflight' })).toBe('Shown when the call is over.');
});

it('shows whatever came from outside as text', async () => {
  const payload = '<img src=x onerror=\'document.title="owned"\'>';
  const hostile = {
    ...decision,
    model: payload,
    reason: payload,
    candidates: decision.candidates.map((each) => ({
      ...each,
      accountLabel: payload,
      lost: payload,
      parts: each.parts.map((one) => ({ ...one, why: payload })),
    })),
  };
  const { container } = await render(<DecisionCard decision={hostile} title={null} />);
  expect(container.querySelectorAll('img, [onerror]')).toHaveLength(0);
  expect(container.textContent.split(payload).length - 1).toBeGreaterThanOrEqual(8);
});

it('appears in the open panel when a running call is over, and in its JSON', async () => {
  const relay = fakeRelay();
  relay.state.decisions = [];
  relay.state.calls = [{ ...call, status: 'inflight' }];
  const screen = await openApp('/calls/call_1');
  await expect.element(screen.getByText('Shown when the call is over.')).toBeVisible();
  relay.state.decisions = [decision];
  relay.state.calls = [call];
  relay.emit('call', call);
  await expect.element(screen.getByText(decision.reason)).toBeVisible();
  await screen.getByRole('button', { name: 'View as JSON' }).click();
  const text = screen.container.querySelector('pre')?.textContent ?? '';
  expect(JSON.parse(text)).toEqual({ ...call, decisions: [decision] });
});
