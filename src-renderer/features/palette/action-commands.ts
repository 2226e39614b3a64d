import {
  CirclePause,
  CirclePlay,
  Copy,
  Database,
  Download,
  FlaskConical,
  FolderOpen,
  Footprints,
  Keyboard,
  Pin,
  Plus,
  SunMoon,
} from 'lucide-react';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { DesktopBridge } from '../../../src-shared/contract/desktop.ts';
import type { RelayPause } from '../../../src-shared/contract/pause.ts';
import { pauseAccount, pinAccount, resumeAccount, unpinAccount } from '../../api/account-requests.ts';
import { copyText } from '../../api/desktop-bridge.ts';
import { pauseRelay, resumeRelay, startRehearsal } from '../../api/requests.ts';
import { type Theme, themes } from '../shell/theme.ts';
import type { Command } from './command.ts';

export interface ActionFacts {
  readonly accounts: readonly AccountView[];
  readonly pause: RelayPause | null;
  /** What clients are given. */
  readonly baseUrl: string | null;
  readonly theme: Theme;
  readonly desktop: DesktopBridge | null;
  readonly navigate: (address: string) => void;
  readonly setTheme: (theme: Theme) => void;
  readonly showShortcuts: () => void;
  readonly download: (path: string) => void;
}

const hourMs = 3_600_000;

/** What can be done from everywhere, as things are now. */
export function actionCommands(facts: ActionFacts): Command[] {
  const { navigate, baseUrl, pause, desktop } = facts;
  const action = (name: string, icon: Command['icon'], run: Command['run'], words = ''): Command => ({
    ...{ id: `do ${name}`, title: name, kind: 'Action', icon, words, run },
  });
  const quietly = (ask: () => Promise<unknown>) => async () => void (await ask());
  return [
    ...(pause === null
      ? [
          action(
            'Pause Relay',
            CirclePause,
            quietly(() => pauseRelay({})),
            'stop refuse calls',
          ),
          action(
            'Pause Relay for 1 hour',
            CirclePause,
            quietly(() => pauseRelay({ forMs: hourMs })),
            'stop',
          ),
        ]
      : [action('Resume Relay', CirclePlay, quietly(resumeRelay), 'start go on')]),
    action('Take the first steps', Footprints, () => navigate('/welcome'), 'welcome set up begin onboarding'),
    action('Create key', Plus, () => navigate('/keys?new'), 'new'),
    action('Add account', Plus, () => navigate('/accounts?new'), 'new sign in login'),
    ...(baseUrl === null
      ? []
      : [
          action(
            'Copy the base URL',
            Copy,
            () => copyText(baseUrl).then(() => `Copied ${baseUrl}`),
            'address endpoint',
          ),
        ]),
    action(
      'Run the rehearsal',
      FlaskConical,
      async () => {
        await startRehearsal();
        navigate('/rehearsal');
      },
      'test failures simulate',
    ),
    action('Export settings', Download, () => facts.download('/api/export'), 'download portable'),
    action('Download a backup', Database, () => facts.download('/api/backup'), 'database copy save'),
    ...Object.entries(themes)
      .filter(([theme]) => theme !== facts.theme)
      .map(([theme, name]) =>
        action(`Theme: ${name}`, SunMoon, () => facts.setTheme(theme as Theme), 'colours appearance mode'),
      ),
    action('Show keyboard shortcuts', Keyboard, facts.showShortcuts, 'help keys'),
    ...(desktop === null
      ? []
      : [
          action(
            'Show data folder',
            FolderOpen,
            quietly(() => desktop.show({ folder: 'data' })),
            'files',
          ),
          action(
            'Show logs',
            FolderOpen,
            quietly(() => desktop.show({ folder: 'logs' })),
            'files',
          ),
        ]),
    ...facts.accounts.flatMap(accountActions),
  ];
}

/** Those of one account are there once something is typed. */
function accountActions({ id, label, pause, pinnedUntil }: AccountView): Command[] {
  const action = (name: string, icon: Command['icon'], ask: () => Promise<unknown>): Command => ({
    ...{ id: `do ${name} ${id}`, title: `${name.replace('it', label)}`, kind: 'Account action', icon },
    run: async () => {
      await ask();
      return `Done: ${name.replace('it', label)}`;
    },
  });
  return [
    pause === null
      ? action('Pause it until resumed', CirclePause, () => pauseAccount(id, {}))
      : action('Resume it', CirclePlay, () => resumeAccount(id)),
    pinnedUntil === null
      ? action('Pin it for 1 hour', Pin, () => pinAccount(id, hourMs))
      : action('Unpin it', Pin, () => unpinAccount(id)),
  ];
}
