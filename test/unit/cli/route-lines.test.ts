import { expect, test } from 'vitest';
import { decisionLines, replayLines, routingLines } from '../../../src-main/cli/route-lines.ts';
import { decision, replayReport, routingView, startAt } from '../dashboard/samples.ts';

test('a decision is a reason, a row for each account and why the others were not chosen', () => {
  expect(decisionLines(decision)).toEqual([
    'personal is the only account that can serve.',
    'Strategy fill-first, model gpt-5.5',
    '',
    '   ACCOUNT   SCORE  CACHE  ORDER',
    '>  personal  1.00   0.00   1.00',
    '   work      -',
    '',
    'work could not serve: Switched off by you.',
  ]);
  const none = { ...decision, candidates: [], chosenId: null, reason: 'There are no accounts.' };
  expect(decisionLines(none)).toEqual(['There are no accounts.', 'Strategy fill-first, model gpt-5.5', '']);
});

test('a replay says what was, what would be, and what it cannot know', () => {
  const at = new Date(startAt - 1_000);
  const time = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  const lines = replayLines(replayReport, startAt);
  expect(lines.slice(1)).toEqual([
    '4 would have gone elsewhere, 1 nowhere; 1 have no decision.',
    '',
    '                      WAS    WOULD BE',
    'calls on personal     6      9',
    'calls on work         4      0',
    'conversations moved   1      2',
    'cached tokens, about  8k     6k',
    'at API prices, about  $0.01  $0.02',
    'really paid, about    $0.00  $0.00',
    '',
    `${time}  work -> personal  work could not serve: Left out of this question by you.`,
    '',
    'A replay that changes nothing puts 90 % of these calls where they went.',
    'A sentence about what cannot be known.',
  ]);
  expect(lines[0]).toMatch(/^10 calls since \w+, decided again by balanced without work:$/);
  expect(replayLines({ ...replayReport, calls: 0 }, startAt)).toHaveLength(1);
});

test('the state of routing: strategy, ties, what is paid, what fails and what is known of each account', () => {
  const stats = [
    { accountId: 'acc_1', accountLabel: 'personal', model: 'gpt-5.5', served: 3, tried: 4, ttftMs: 1_200 },
  ];
  const noon = new Date(2026, 10, 23, 12).getTime();
  const failing = { accountId: 'acc_2', accountLabel: 'work', state: 'open' as const, until: noon + 3_600_000 };
  const breakers = [
    { ...failing, model: 'gpt-5.5' },
    { ...failing, model: null },
  ];
  expect(routingLines({ ...routingView, stats, breakers, offline: true }, noon)).toEqual([
    'Strategy balanced: headroom 0.4, reliability 0.3, speed 0.1, load 0.15, cache 1.5, policy 3, metered 4, order 0.001, turn 0.03',
    '7 conversations are tied to an account.',
    'Metered keys that stood in for subscriptions cost $0.25 today, of at most $5.00.',
    'Nothing can be reached: the network seems to be down.',
    'work is left alone for gpt-5.5 until 13:00: its calls keep failing.',
    'work is left alone until 13:00: its calls keep failing.',
    '',
    'ACCOUNT   MODEL    ANSWERED  FIRST TOKEN',
    'personal  gpt-5.5  75 %      1.2 s',
  ]);
  expect(routingLines(routingView, noon).slice(3)).toEqual(['', 'No calls were served lately.']);
});
