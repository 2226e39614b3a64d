import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { clientBaseUrl } from '../../api/client-base-url.ts';
import { desktopBridge } from '../../api/desktop-bridge.ts';
import { download } from '../../api/download.ts';
import { useAccounts } from '../accounts/use-accounts.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useStatus } from '../overview/use-status.ts';
import { overlay } from '../shell/overlay.ts';
import { useTheme } from '../shell/theme.ts';
import { actionCommands } from './action-commands.ts';
import type { Command } from './command.ts';
import { accountPlaces, keyCommands, pageCommands, settingCommands, subjectCommands } from './place-commands.ts';

/** Everything that the palette can find now. What is still being read is not among it. */
export function useCommands(): readonly Command[] {
  const [, navigate] = useLocation();
  const [theme, setTheme] = useTheme();
  const status = useStatus().data;
  const accounts = useAccounts().data?.accounts;
  const keys = useKeys().data?.keys;
  return useMemo(
    () => [
      ...pageCommands(navigate),
      ...accountPlaces(accounts ?? [], navigate),
      ...keyCommands(keys ?? [], navigate),
      ...subjectCommands(keys ?? [], navigate),
      ...settingCommands(navigate),
      ...actionCommands({
        ...{ accounts: accounts ?? [], pause: status?.pause ?? null, theme, navigate, setTheme, download },
        baseUrl: status === undefined ? null : clientBaseUrl(status.url),
        desktop: desktopBridge(),
        showShortcuts: () => overlay.show('shortcuts'),
      }),
    ],
    [navigate, theme, setTheme, status, accounts, keys],
  );
}
