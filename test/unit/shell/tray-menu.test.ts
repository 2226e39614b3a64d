import { describe, expect, test } from 'vitest';
import type { Glance } from '../../../src-main/shell/relay-link.ts';
import { endingMenu, trayMenu, trayMoodInWords } from '../../../src-main/shell/tray-menu.ts';
import { type TrayState, trayState } from '../../../src-main/shell/tray-state.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { UpdateView } from '../../../src-shared/contract/desktop.ts';
import { settingsSchema } from '../../../src-shared/contract/settings.ts';
import { account, call } from '../dashboard/samples.ts';
import { usage } from '../dashboard/usage-samples.ts';

const now = new Date(2026, 10, 24, 12, 0).getTime();
const HOUR = 3_600_000;
const url = 'http://127.0.0.1:4141';
const off: UpdateView = { state: 'off', version: null, sentence: 'Off.' };

const window = (lengthMs: number, name: string, usedPercent: number, resetsAt: number | null, family = 'codex') => ({
  ...{ family, name, lengthMs, usedPercent, resetsAt, readAt: now, source: 'headers' as const },
  ...{ stale: false, staleReason: null, contradicts: null, forecast: null },
});
const work: AccountView = {
  ...account,
  id: 'acc_work',
  label: 'work',
  kind: 'chatgpt',
  enabled: true,
  pause: null,
  pinnedUntil: null,
  health: { state: 'ready', reason: 'It can serve.', until: null },
  windows: [
    window(5 * HOUR, '5-hour', 38, now + 2 * HOUR),
    window(168 * HOUR, 'weekly', 71.5, now + 50 * HOUR),
    window(5 * HOUR, '5-hour', 99, now + HOUR, 'gpt-extra'),
  ],
};
const glance = (accounts: AccountView[], changes: Partial<Glance> = {}): Glance => ({
  ...{ pause: null, tunnel: null, accounts, budgets: [], lastError: null, settings: settingsSchema.parse({}) },
  today: { ...usage.totals, calls: 42, inputTokens: 1_100_000, outputTokens: 100_000, costMicroUsd: 3_200_000 },
  ...changes,
});
const state = (accounts: AccountView[], changes: Partial<Glance> = {}, update = off): TrayState =>
  trayState(glance(accounts, changes), url, update, now);

const separator = { type: 'separator' };
const head = (mood: string) => [
  { label: `Relay at ${url}`, enabled: false },
  { label: mood, enabled: false },
];
const tail = [
  separator,
  { label: 'Copy base URL', action: { do: 'copy-url' } },
  { label: 'Copy a new key', action: { do: 'copy-key' } },
  separator,
  { label: 'Open dashboard', action: { do: 'open', path: null } },
  { label: 'Usage', action: { do: 'open', path: '/usage' } },
  separator,
  { label: 'Launch at login', type: 'checkbox', checked: false, action: { do: 'launch-at-login', on: true } },
  { label: 'Quit Relay', action: { do: 'quit' } },
];
const today = { label: 'Today: 42 calls, 1.2M tokens, $3.20 at API prices', enabled: false };
const pauseAll = { label: 'Pause all', type: 'checkbox', checked: false, action: { do: 'pause' } };

test('the whole menu of a Relay with two accounts and an error', () => {
  const home: AccountView = {
    ...work,
    ...{ id: 'acc_home', label: 'R&D', windows: [], pinnedUntil: now + HOUR },
    health: { state: 'resting', reason: 'The 5-hour limit is reached.', until: now + 3 * HOUR },
  };
  const lastError = {
    ...call,
    id: 'call_9',
    startedAt: now - HOUR,
    status: 'error' as const,
    reason: 'All accounts\nwere resting.',
  };
  expect(trayMenu(state([work, home], { lastError }))).toEqual([
    ...head('Calls are served.'),
    pauseAll,
    separator,
    {
      label: 'work: 29 % of weekly left, resets Thursday 14:00',
      type: 'checkbox',
      checked: true,
      action: { do: 'enable', id: 'acc_work', on: false },
    },
    {
      label: 'R&&D: resting until 15:00, pinned until 13:00',
      type: 'checkbox',
      checked: true,
      action: { do: 'enable', id: 'acc_home', on: false },
    },
    {
      label: 'Accounts',
      submenu: [
        {
          label: 'work',
          submenu: [
            { label: 'Pin for 1 hour', enabled: true, action: { do: 'pin', id: 'acc_work' } },
            { label: 'Rest until reset', enabled: true, action: { do: 'rest', id: 'acc_work' } },
            { label: 'Sign in again…', action: { do: 'sign-in', id: 'acc_work' } },
          ],
        },
        {
          label: 'R&&D',
          submenu: [
            { label: 'Unpin (pinned until 13:00)', action: { do: 'unpin', id: 'acc_home' } },
            { label: 'Try again now', action: { do: 'wake', id: 'acc_home' } },
            { label: 'Sign in again…', action: { do: 'sign-in', id: 'acc_home' } },
          ],
        },
      ],
    },
    { label: 'Add account…', action: { do: 'open', path: '/accounts' } },
    separator,
    today,
    { label: 'Last error (11:00): All accounts were resting.', action: { do: 'open', path: '/calls/call_9' } },
    ...tail,
  ]);
});

test('the whole menu of a Relay without an account', () => {
  expect(trayMenu(state([]))).toEqual([
    ...head('Relay has no account yet: add one.'),
    pauseAll,
    separator,
    { label: 'Add account…', action: { do: 'open', path: '/accounts' } },
    separator,
    today,
    ...tail,
  ]);
});

test('the whole menu while Relay ends', () => {
  expect([endingMenu(1), endingMenu(3)[0]]).toEqual([
    [
      { label: 'Relay is ending: 1 call may finish', enabled: false },
      { label: 'Quit now', action: { do: 'quit' } },
    ],
    { label: 'Relay is ending: 3 calls may finish', enabled: false },
  ]);
});

describe('one item of the menu', () => {
  const labelled = (given: TrayState, start: string) => trayMenu(given).find(({ label }) => label?.startsWith(start));

  test.each([
    ['tightest', '29 % of weekly left, resets Thursday 14:00'],
    ['shortest', '62 % of 5-hour left, resets 14:00'],
    ['longest', '29 % of weekly left, resets Thursday 14:00'],
  ] as const)('shows the %s window if that is chosen', (choice, words) => {
    const settings = settingsSchema.parse({ 'desktop.trayWindow': choice });
    expect(labelled(state([work], { settings }), 'work')?.label).toBe(`work: ${words}`);
  });

  test.each([
    [{ enabled: false, health: { state: 'disabled', reason: '', until: null } }, 'switched off', false],
    [
      { pause: { until: now + HOUR }, health: { state: 'paused', reason: '', until: now + HOUR } },
      'paused until 13:00',
      true,
    ],
    [{ health: { state: 'needs-sign-in', reason: '', until: null } }, 'sign in again', true],
    [{ health: { state: 'unlock-keyring', reason: '', until: null } }, 'unlock your keyring', true],
    [{ health: { state: 'unreachable', reason: '', until: null } }, 'cannot be reached', true],
    [{ health: { state: 'resting', reason: '', until: null } }, 'resting', true],
    [{ windows: [] }, 'what is left is not known', true],
    [{ windows: [], kind: 'openai' }, 'billed by use', true],
    [{ windows: [window(5 * HOUR, '5-hour', 90, now - 1)] }, '100 % of 5-hour left', true],
    [{ windows: [window(5 * HOUR, '5-hour', 90, null)] }, '10 % of 5-hour left', true],
  ] satisfies [Partial<AccountView>, string, boolean][])(
    'says of an account in words how it is (%#)',
    (changes, words, checked) => {
      expect(labelled(state([{ ...work, ...changes }]), 'work')).toEqual({
        label: `work: ${words}`,
        type: 'checkbox',
        checked,
        action: { do: 'enable', id: 'acc_work', on: !checked },
      });
    },
  );

  test('rests until a reset only where one is known', () => {
    const items = trayMenu(state([{ ...work, windows: [] }])).find(({ label }) => label === 'Accounts')?.submenu?.[0]
      ?.submenu;
    expect(items?.[1]).toEqual({ label: 'Rest until reset', enabled: false, action: { do: 'rest', id: 'acc_work' } });
  });

  test('says that a tunnel is open, and where, and stops it', () => {
    const open = { baseUrl: 'https://quiet-words.trycloudflare.com/v1', openedAt: now, expiresAt: now + HOUR };
    const items = trayMenu(state([work], { tunnel: { via: 'cloudflared', ...open } }));
    expect(items[3]).toEqual({
      label: 'Tunnel open: quiet-words.trycloudflare.com - Stop',
      action: { do: 'close-tunnel' },
    });
  });

  test('pauses and resumes all', () => {
    const paused = (until: number | null) => labelled(state([work], { pause: { since: now, until } }), 'Pause all');
    expect([paused(null), paused(now + HOUR)]).toEqual([
      { label: 'Pause all', type: 'checkbox', checked: true, action: { do: 'resume' } },
      { label: 'Pause all (until 13:00)', type: 'checkbox', checked: true, action: { do: 'resume' } },
    ]);
  });

  test.each([
    ['idle', { label: 'Look for updates', action: { do: 'check-update' } }],
    ['failed', { label: 'Look for updates', action: { do: 'check-update' } }],
    ['downloading', { label: 'Relay 2.0.0 is coming.', enabled: false }],
    ['ready', { label: 'Install Relay 2.0.0 and restart', action: { do: 'install-update' } }],
  ] as const)('tells of an update that is %s', (step, item) => {
    const update = { state: step, version: '2.0.0', sentence: 'Relay 2.0.0 is coming.' };
    expect(trayMenu(state([work], {}, update)).at(-2)).toEqual(item);
  });
});

test.each([
  ['ok', [work], {}],
  ['ok', [work, { ...work, health: { state: 'resting', reason: '', until: null } }], {}],
  ['resting', [{ ...work, health: { state: 'resting', reason: '', until: null } }], {}],
  ['attention', [work, { ...work, health: { state: 'needs-sign-in', reason: '', until: null } }], {}],
  ['attention', [], {}],
  ['attention', [{ ...work, enabled: false, health: { state: 'disabled', reason: '', until: null } }], {}],
  ['attention', [{ ...work, health: { state: 'unreachable', reason: '', until: null } }], {}],
  ['paused', [work], { pause: { since: now, until: null } }],
] satisfies [string, AccountView[], Partial<Glance>][])('the icon is %s (%#)', (mood, accounts, changes) => {
  const given = state(accounts, changes);
  expect(given.mood).toBe(mood);
  expect(trayMoodInWords(given)).not.toBe('');
});
