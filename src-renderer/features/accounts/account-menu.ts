import type { AccountView } from '../../../src-shared/contract/account.ts';
import {
  pauseAccount,
  pinAccount,
  refreshUsage,
  restAccount,
  resumeAccount,
  unpinAccount,
  wakeAccount,
} from '../../api/account-requests.ts';
import type { MenuItem } from '../../components/menu.tsx';

const hourMs = 3_600_000;

/** The dialogs that a card opens. */
export type CardDialog = 'sign-in' | 'settings' | 'models' | 'history' | 'remove';

export interface CardActions {
  readonly act: (action: () => Promise<unknown>) => void;
  readonly test: () => void;
  readonly open: (dialog: CardDialog) => void;
  /** `null` at the end of the order. */
  readonly moveUp: (() => void) | null;
  readonly moveDown: (() => void) | null;
}

/** Everything that can be done to an account as it is now, in groups. */
export function accountMenu(account: AccountView, actions: CardActions): MenuItem[][] {
  const { id, kind, pause, pinnedUntil } = account;
  const { act, test, open, moveUp, moveDown } = actions;
  const does = (name: string, action: () => Promise<unknown>): MenuItem => ({ name, onSelect: () => act(action) });
  const opens = (name: string, dialog: CardDialog): MenuItem => ({ name, onSelect: () => open(dialog) });
  const isChatgpt = kind === 'chatgpt';
  return [
    [
      { name: 'Test with one call', onSelect: test },
      ...(isChatgpt ? [does('Refresh usage', () => refreshUsage(id)), opens('Sign in again…', 'sign-in')] : []),
    ],
    [
      ...(pause === null ? [] : [does('Resume', () => resumeAccount(id))]),
      does('Pause for 1 hour', () => pauseAccount(id, { forMs: hourMs })),
      ...(canWait(account) ? [does('Pause until reset', () => pauseAccount(id, { untilReset: true }))] : []),
      does('Pause until resumed', () => pauseAccount(id, {})),
    ],
    [
      does('Pin for 1 hour', () => pinAccount(id, hourMs)),
      ...(pinnedUntil === null ? [] : [does('Unpin', () => unpinAccount(id))]),
      ...(canWait(account) ? [does('Rest until reset', () => restAccount(id))] : []),
      ...(isHeldBack(account) ? [does('Try again now', () => wakeAccount(id))] : []),
    ],
    [
      { name: 'Move up', keys: 'Alt ↑', onSelect: moveUp ?? (() => undefined), disabled: moveUp === null },
      { name: 'Move down', keys: 'Alt ↓', onSelect: moveDown ?? (() => undefined), disabled: moveDown === null },
    ],
    [opens('Settings…', 'settings'), opens('Models…', 'models'), opens('History…', 'history')],
    [{ ...opens('Remove…', 'remove'), danger: true }],
  ];
}

/** Whether there is a reset to wait for. */
const canWait = ({ windows }: AccountView): boolean => windows.some(({ resetsAt }) => resetsAt !== null);

/** Whether waking it changes anything. */
const isHeldBack = ({ health, restingFamilies, lackingModels }: AccountView): boolean =>
  health.state === 'resting' || restingFamilies.length > 0 || lackingModels.length > 0;
