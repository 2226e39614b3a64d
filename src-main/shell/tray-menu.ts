import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';
import type { TrayAccount, TrayMood, TrayState } from './tray-state.ts';

/** What a click on an item of the tray does. */
export type TrayAction =
  | {
      readonly do:
        | 'pause'
        | 'resume'
        | 'close-tunnel'
        | 'copy-url'
        | 'copy-key'
        | 'check-update'
        | 'install-update'
        | 'quit';
    }
  | { readonly do: 'open'; readonly path: string | null }
  | { readonly do: 'launch-at-login'; readonly on: boolean }
  | { readonly do: 'enable'; readonly id: string; readonly on: boolean }
  | { readonly do: 'pin' | 'unpin' | 'rest' | 'wake' | 'sign-in'; readonly id: string };

/** One item as data: what it shows, and what a click does. */
export interface TrayItem {
  readonly label?: string;
  readonly type?: 'separator' | 'checkbox';
  readonly checked?: boolean;
  readonly enabled?: boolean;
  readonly submenu?: readonly TrayItem[];
  readonly action?: TrayAction;
}

const separator: TrayItem = { type: 'separator' };
const LONGEST_LABEL = 80;

/** The whole menu of the tray, as a pure function of what there is to show. */
export function trayMenu(state: TrayState): TrayItem[] {
  const { accounts, update } = state;
  return [
    { label: `Relay at ${state.url}`, enabled: false },
    { label: trayMoodInWords(state), enabled: false },
    pauseItem(state),
    ...tunnelItem(state),
    separator,
    ...accounts.map((account) => accountItem(account, state.now)),
    ...(accounts.length === 0
      ? []
      : [{ label: 'Accounts', submenu: accounts.map((account) => accountMenu(account, state.now)) }]),
    { label: 'Add account…', action: { do: 'open', path: '/accounts' } },
    separator,
    { label: todayInWords(state), enabled: false },
    ...lastErrorItem(state),
    separator,
    { label: 'Copy base URL', action: { do: 'copy-url' } },
    { label: 'Copy a new key', action: { do: 'copy-key' } },
    separator,
    { label: 'Open dashboard', action: { do: 'open', path: null } },
    { label: 'Usage', action: { do: 'open', path: '/usage' } },
    separator,
    {
      label: 'Launch at login',
      type: 'checkbox',
      checked: state.launchAtLogin,
      action: { do: 'launch-at-login', on: !state.launchAtLogin },
    },
    ...(update.state === 'off' ? [] : [updateItem(state)]),
    { label: 'Quit Relay', action: { do: 'quit' } },
  ];
}

/** While Relay waits for its last calls. */
export function endingMenu(callsLeft: number): TrayItem[] {
  const calls = callsLeft === 1 ? '1 call' : `${callsLeft} calls`;
  return [
    { label: `Relay is ending: ${calls} may finish`, enabled: false },
    { label: 'Quit now', action: { do: 'quit' } },
  ];
}

const moods: Readonly<Record<TrayMood, string>> = {
  ok: 'Calls are served.',
  resting: 'All accounts are resting.',
  attention: 'Relay needs you: look at its accounts.',
  paused: 'Relay is paused.',
};

/** One sentence, also for who rests the pointer on the icon. */
export function trayMoodInWords({ mood, accounts }: Pick<TrayState, 'mood' | 'accounts'>): string {
  return accounts.length === 0 && mood === 'attention' ? 'Relay has no account yet: add one.' : moods[mood];
}

function pauseItem({ pause, now }: TrayState): TrayItem {
  if (pause === null) return { label: 'Pause all', type: 'checkbox', checked: false, action: { do: 'pause' } };
  const end = pause.until === null ? '' : ` (until ${formatClockTime(pause.until, now)})`;
  return { label: `Pause all${end}`, type: 'checkbox', checked: true, action: { do: 'resume' } };
}

/** What is open to the internet stands where it is seen, with the way to close it. */
function tunnelItem({ tunnelHost }: TrayState): TrayItem[] {
  if (tunnelHost === null) return [];
  return [{ label: `Tunnel open: ${tunnelHost} - Stop`, action: { do: 'close-tunnel' } }];
}

function accountItem(account: TrayAccount, now: number): TrayItem {
  return {
    label: `${shown(account.label)}: ${accountInWords(account, now)}`,
    type: 'checkbox',
    checked: account.enabled,
    action: { do: 'enable', id: account.id, on: !account.enabled },
  };
}

function accountInWords({ kind, health, window, pinnedUntil }: TrayAccount, now: number): string {
  const until = health.until === null ? '' : ` until ${formatClockTime(health.until, now)}`;
  const pinned = pinnedUntil === null ? '' : `, pinned until ${formatClockTime(pinnedUntil, now)}`;
  if (health.state === 'disabled') return 'switched off';
  if (health.state === 'paused') return `paused${until}`;
  if (health.state === 'needs-sign-in') return 'sign in again';
  if (health.state === 'unlock-keyring') return 'unlock your keyring';
  if (health.state === 'unreachable') return 'cannot be reached';
  if (health.state === 'resting') return `resting${until}${pinned}`;
  if (window === null) return `${kind === 'openai' ? 'billed by use' : 'what is left is not known'}${pinned}`;
  const reset = window.resetsAt === null ? '' : `, resets ${formatClockTime(window.resetsAt, now)}`;
  return `${formatPercent(window.left)} of ${window.name} left${reset}${pinned}`;
}

function accountMenu({ id, label, kind, health, window, pinnedUntil, enabled }: TrayAccount, now: number): TrayItem {
  const rests = health.state === 'resting';
  return {
    label: shown(label),
    submenu: [
      pinnedUntil === null
        ? { label: 'Pin for 1 hour', enabled, action: { do: 'pin', id } }
        : { label: `Unpin (pinned until ${formatClockTime(pinnedUntil, now)})`, action: { do: 'unpin', id } },
      rests
        ? { label: 'Try again now', action: { do: 'wake', id } }
        : {
            label: 'Rest until reset',
            enabled: enabled && window !== null && window.resetsAt !== null,
            action: { do: 'rest', id },
          },
      ...(kind === 'chatgpt' ? [{ label: 'Sign in again…', action: { do: 'sign-in', id } } as const] : []),
    ],
  };
}

function todayInWords({ today: { calls, tokens, costMicroUsd } }: TrayState): string {
  const count = calls === 1 ? '1 call' : `${calls} calls`;
  return `Today: ${count}, ${formatTokens(tokens)} tokens, ${formatMoney(costMicroUsd)} at API prices`;
}

function lastErrorItem({ lastError, now }: TrayState): TrayItem[] {
  if (lastError === null) return [];
  const label = `Last error (${formatClockTime(lastError.at, now)}): ${shown(lastError.words)}`;
  return [{ label, action: { do: 'open', path: `/calls/${lastError.callId}` } }];
}

function updateItem({ update }: TrayState): TrayItem {
  if (update.state === 'ready')
    return { label: `Install Relay ${update.version ?? ''} and restart`, action: { do: 'install-update' } };
  if (update.state === 'checking' || update.state === 'downloading') return { label: update.sentence, enabled: false };
  return { label: 'Look for updates', action: { do: 'check-update' } };
}

/** In a menu `&` underlines what follows it; and nobody reads more than a line. */
function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const short = line.length > LONGEST_LABEL ? `${line.slice(0, LONGEST_LABEL - 1)}…` : line;
  return short.replaceAll('&', '&&');
}
